// The equations of a cell as programs over slots: what each stage of a step reads and leaves, forward and back. A slot is a matrix
// that has a row for each sequence and a column for each unit; what it is called says what it holds:
//
//   state h       before the step, next h after it        panels zr     the products of some blocks, in whole panels
//   kept 3        a node among the activations            in i          the input's products of a block
//   read zr       what a product reads, where it is no    bias i        of the input's part, ownBias i of the recurrent one
//                 other slot; readNext zr for the step    aside 7       a node that a later stage takes
//                 after                                   setting f     a number
//   dstate h      the gradient of a state                 dz i          the gradient of a block's recurrent part
//   back zr       what comes back through a product       apart i       that of its input's part, where it is another
//   dy            the gradient of the output              dparameter p  the gradient of a parameter, summed over the steps
import {
  biasNames,
  cellGradient,
  type Cell,
  type CellGradient,
  type Node,
} from '@secateur/kernels';

/** A value that a program leaves in a slot, or adds to what is there. */
interface Store {
  readonly at: number;
  readonly slot: string;
}

/** Equations to evaluate for some units of all sequences. */
export interface Program {
  /** Nodes in any order; those that are read from slots take nothing. */
  readonly nodes: readonly Node[];
  /**
   * By node, the slot that it is read from; in that of panels, `panels zr.1` is the second block. Leaves that have none are
   * constants.
   */
  readonly loads: ReadonlyMap<number, string>;
  /** What it leaves, after all that it reads. */
  readonly stores: readonly Store[];
}

/** Where what comes back through a product goes. */
interface Target {
  readonly slot: string;
  /** Whether it is added to what is there. */
  readonly add: boolean;
}

/** All programs of a cell. They do not depend on the order of its blocks or on sizes. */
export interface CellPrograms {
  /** All slots; programs know them by their places. First come those of the way forward, last those of the way back. */
  readonly slots: readonly string[];
  /** How many slots the way forward has, and how many the way back. */
  readonly forwardSlots: number;
  readonly backwardSlots: number;
  /** By stage, what follows its products. */
  readonly stages: readonly Program[];
  /** By stage, what follows the way back through the products of the stage after it. */
  readonly back: readonly Program[];
  /** What follows the way back through the products of the first stage. */
  readonly tail: Program;
  /** By the blocks of a product, the slot that it reads. */
  readonly reads: ReadonlyMap<string, string>;
  /** By the blocks of a product, what computes that slot from states, masks and activations, where it is no other. */
  readonly readPrograms: ReadonlyMap<string, Program>;
  /** By the blocks of a product; one whose gradient nobody asks for is not there. */
  readonly targets: ReadonlyMap<string, Target>;
}

/** The programs of a cell in a fixed order, for a table of functions. */
export function listPrograms(
  of: Pick<CellPrograms, 'stages' | 'back' | 'tail' | 'readPrograms'>,
): Program[] {
  return [...of.stages, ...of.back, of.tail, ...of.readPrograms.values()];
}

/** Whether a node is what a block gets from its products. */
const isSum = (op: Node['op']): boolean => op === 'gate' || op === 'input' || op === 'recurrent';

const namedLeaves: readonly Node['op'][] = ['state', 'mask', 'parameter', 'setting'];

/** Derives the programs of a cell. */
export function cellPrograms(cell: Cell): CellPrograms {
  // The shorter equations, as long as they keep what `savedBy` says that every backend keeps.
  const [factored, plain] = [cellGradient(cell), cellGradient(cell, { hoist: false })];
  const isSame = JSON.stringify(plain.kept) === JSON.stringify(factored.kept);
  const gradient = isSame ? plain : factored;
  const stageOf = stagesOfNodes(cell);
  const reads = readsOf(cell, gradient, stageOf);
  const stages = forwardPrograms(cell, gradient, stageOf, reads);
  const { back, tail, targets } = backwardPrograms(cell, gradient);
  // What waits for no product must not ask for the states after the step, as it is there before them.
  const given = givenOf(cell, gradient, (at) => stageOf[at]! >= 0);
  const readPrograms = new Map(
    products(cell).flatMap(({ read, blocks }) => {
      const slot = reads.get(blocks)!;
      if (!slot.startsWith('read ')) return [];
      return [[blocks, programOf(cell.nodes, given, [{ at: read, slot }])] as const];
    }),
  );
  const found = { stages, back, tail, reads, readPrograms, targets };
  const forward = slotsOf([...stages, ...readPrograms.values()]);
  const backward = slotsOf([...back, tail, ...readPrograms.values()]);
  for (const slot of reads.values()) {
    forward.add(slot);
    backward.add(slot);
  }
  for (const { slot } of targets.values()) backward.add(slot);
  const slots = [
    ...[...forward].filter((slot) => !backward.has(slot)),
    ...[...forward].filter((slot) => backward.has(slot)),
    ...[...backward].filter((slot) => !forward.has(slot)),
  ];
  return { ...found, slots, forwardSlots: forward.size, backwardSlots: backward.size };
}

/** The slots that programs read or write. */
export function slotsOf(programs: readonly Program[]): Set<string> {
  return new Set(
    programs.flatMap(({ loads, stores }) => [
      ...[...loads.values()].map((load) => panelOf(load)[0]),
      ...stores.map(({ slot }) => slot),
    ]),
  );
}

/** The slot that is read, and in that of panels which block. */
export function panelOf(load: string): [slot: string, block?: number] {
  if (!load.startsWith('panels ')) return [load];
  const [slot, block] = load.split('.') as [string, string];
  return [slot, Number(block)];
}

/** All products of a cell, stage after stage. */
const products = (cell: Cell): Cell['stages'][number]['products'] =>
  cell.stages.flatMap((stage) => stage.products);

/** By node, the stage that makes it, -1 for what waits for no product of the step. */
function stagesOfNodes(cell: Cell): number[] {
  const found = cell.nodes.map(({ op, name }) =>
    isSum(op) ? cell.stages.findIndex(({ blocks }) => blocks.includes(name!)) : -1,
  );
  cell.stages.forEach(({ nodes }, s) => {
    for (const at of nodes) found[at] = s;
  });
  return found;
}

/** The slot of what a step leaves behind for its way back: activations and states after it. */
function leftBehind(cell: Cell, gradient: CellGradient): Map<number, string> {
  const states = Object.entries(cell.next).filter(
    ([, at]) => cell.nodes[at]!.args.length > 0 || isSum(cell.nodes[at]!.op),
  );
  return new Map([
    ...gradient.kept.map(({ node }) => [node, `kept ${node}`] as const),
    ...states.map(([name, at]) => [at, `next ${name}`] as const),
  ]);
}

/** The slots of all that is there on the way back, beside gradients. */
function givenOf(
  cell: Cell,
  gradient: CellGradient,
  isLeft: (at: number) => boolean = () => true,
): (at: number) => string | undefined {
  const left = leftBehind(cell, gradient);
  return (at) => {
    const { op, name } = gradient.nodes[at]!;
    if (namedLeaves.includes(op)) return `${op} ${name}`;
    return isLeft(at) ? left.get(at) : undefined;
  };
}

/** By the blocks of a product, the slot that it reads. */
function readsOf(
  cell: Cell,
  gradient: CellGradient,
  stageOf: readonly number[],
): Map<string, string> {
  const left = leftBehind(cell, gradient);
  return new Map(
    products(cell).map(({ read, blocks }) => {
      const { op, name } = cell.nodes[read]!;
      const own = op === 'state' || op === 'mask' ? `${op} ${name}` : `read ${blocks}`;
      return [blocks, (stageOf[read]! < 0 ? undefined : left.get(read)) ?? own];
    }),
  );
}

/** A program for these stores, of nodes of which some are read from slots. */
function programOf(
  nodes: readonly Node[],
  given: (at: number) => string | undefined,
  stores: readonly Store[],
): Program {
  const loads = new Map<number, string>();
  const seen = new Set<number>();
  const visit = (at: number): void => {
    if (seen.has(at)) return;
    seen.add(at);
    const slot = given(at);
    if (slot === undefined) nodes[at]!.args.forEach(visit);
    else loads.set(at, slot);
  };
  stores.forEach(({ at }) => visit(at));
  return {
    nodes: nodes.map((node, at) => (loads.has(at) ? { ...node, args: [] } : node)),
    loads,
    stores,
  };
}

function forwardPrograms(
  cell: Cell,
  gradient: CellGradient,
  stageOf: readonly number[],
  reads: ReadonlyMap<string, string>,
): Program[] {
  const { nodes, sources } = withSums(cell);
  const left = leftBehind(cell, gradient);
  const asides = new Map<number, string>();
  const last = cell.stages.length - 1;
  // What a product reads that is made of states alone is left by the step before, whose states are at hand.
  const after = substituted(nodes, cell.next);
  const made = products(cell).filter(({ blocks }) => reads.get(blocks)!.startsWith('read '));
  const ahead = made
    .filter(({ read }) => stageOf[read]! < 0)
    .map(({ read, blocks }): Store => ({ at: after(read), slot: `readNext ${blocks}` }));
  const storesOf = (s: number): Store[] => {
    const own = (at: number): boolean => stageOf[at] === s;
    const states = Object.entries(cell.next).filter(
      ([, at]) => own(at) || (s === last && stageOf[at]! < 0),
    );
    return [
      ...gradient.kept
        .filter(({ node }) => own(node))
        .map(({ node }): Store => ({ at: node, slot: `kept ${node}` })),
      ...states.map(([name, at]): Store => ({ at, slot: `next ${name}` })),
      ...states
        .filter(([name]) => cell.repeats && name === cell.output)
        .map(([, at]): Store => ({ at, slot: 'y' })),
      ...[...asides].filter(([at]) => own(at)).map(([at, slot]): Store => ({ at, slot })),
      ...made
        .filter(({ read }) => own(read))
        .map(({ read, blocks }): Store => ({ at: read, slot: `read ${blocks}` })),
      ...(s === last ? ahead : []),
    ];
  };
  // From the last stage, so that what it takes of others is known when it is their turn.
  const found: Program[] = [];
  for (let s = last; s >= 0; s--) {
    const given = (at: number): string | undefined => {
      const stage = stageOf[at] ?? -1;
      if (stage < 0 || stage >= s) return sources(at);
      const slot = left.get(at) ?? `aside ${at}`;
      if (!left.has(at)) asides.set(at, slot);
      return slot;
    };
    found.unshift(programOf(nodes, given, storesOf(s)));
  }
  return found;
}

/** What a block gets of the product that it shares with others. */
function panelsOf(cell: Cell, name: string): string {
  const { blocks } = products(cell).find((product) => product.blocks.includes(name))!;
  return `panels ${blocks}.${blocks.indexOf(name)}`;
}

/** The nodes of a cell with the sums of its blocks written out, and the slots of their leaves. */
function withSums(cell: Cell): { nodes: Node[]; sources: (at: number) => string | undefined } {
  const nodes = [...cell.nodes];
  const slots = new Map<number, string>();
  const biases = biasNames(cell);
  const leaf = (slot: string): number => {
    slots.set(nodes.length, slot);
    return nodes.push({ op: 'input', args: [] }) - 1;
  };
  const sum = (...terms: (number | undefined)[]): number =>
    terms
      .filter((term) => term !== undefined)
      .reduce((a, b) => nodes.push({ op: 'add', args: [a, b] }) - 1);
  cell.nodes.forEach(({ op, name }, at) => {
    if (namedLeaves.includes(op)) slots.set(at, `${op} ${name}`);
    if (!isSum(op)) return;
    const { shift } = cell.blocks.find((block) => block.name === name)!;
    const fromInput = (): number => leaf(`in ${name}`);
    const bias = (): number | undefined =>
      biases.input === undefined ? undefined : leaf(`bias ${name}`);
    const own = (): number =>
      sum(
        leaf(panelsOf(cell, name!)),
        biases.recurrent === undefined ? undefined : leaf(`ownBias ${name}`),
      );
    const shifted = (): number | undefined => {
      if (shift === undefined) return undefined;
      if (typeof shift === 'string') return leaf(`setting ${shift}`);
      return nodes.push({ op: 'constant', args: [], value: shift }) - 1;
    };
    // A bias that is the only one comes after both products, as it belongs to their sum.
    const all = (): number =>
      cell.bias === 'input'
        ? sum(fromInput(), own(), bias(), shifted())
        : sum(own(), sum(fromInput(), bias()), shifted());
    const made = op === 'gate' ? all() : op === 'input' ? sum(fromInput(), bias()) : own();
    nodes[at] = nodes[made]!;
    if (slots.has(made)) slots.set(at, slots.get(made)!);
  });
  return { nodes, sources: (at) => slots.get(at) };
}

/** Makes nodes anew with the states after a step in place of those before it. */
function substituted(nodes: Node[], next: Cell['next']): (at: number) => number {
  const known = new Map<number, number>();
  const after = (at: number): number => {
    const { op, args, name } = nodes[at]!;
    if (op === 'state') return next[name!]!;
    if (args.length === 0) return at;
    const made = known.get(at) ?? nodes.push({ ...nodes[at]!, args: args.map(after) }) - 1;
    known.set(at, made);
    return made;
  };
  return after;
}

function backwardPrograms(
  cell: Cell,
  gradient: CellGradient,
): Pick<CellPrograms, 'back' | 'tail' | 'targets'> {
  const count = cell.stages.length;
  const nodes = [...gradient.nodes];
  const slots = new Map<number, string>();
  // By node, which of the programs can compute it first; undefined where that needs no gradient.
  const first: (number | undefined)[] = [];
  gradient.nodes.forEach(({ op, args, name }, at) => {
    const own = args.map((arg) => first[arg]).filter((each) => each !== undefined);
    first[at] = own.length === 0 ? undefined : Math.max(...own);
    if (op === 'upstream') first[at] = 0;
    if (op !== 'back') return;
    first[at] =
      count - cell.stages.findIndex((s) => s.products.some(({ blocks }) => blocks === name));
    slots.set(at, `back ${name}`);
  });
  gradient.nodes.forEach(({ op, name }, at) => {
    if (op !== 'upstream') return;
    slots.set(at, `dstate ${name}`);
    if (name !== cell.output) return;
    const args = [nodes.push({ op, args: [] }) - 1, nodes.push({ op, args: [] }) - 1] as const;
    slots.set(args[0], `dstate ${name}`).set(args[1], 'dy').delete(at);
    nodes[at] = { op: 'add', args };
  });

  const parts = gradient.stages.flatMap((stage) => Object.entries(stage.blocks));
  const wanted: Store[] = [
    ...parts.map(([name, { input, recurrent }]) => ({
      at: recurrent ?? input!,
      slot: `dz ${name}`,
    })),
    ...parts.flatMap(([name, { input, recurrent = input }]) =>
      input === undefined || input === recurrent ? [] : [{ at: input, slot: `apart ${name}` }],
    ),
    ...Object.entries(gradient.parameters).map(([name, at]) => ({
      at,
      slot: `dparameter ${name}`,
    })),
  ];
  const states = Object.entries(gradient.states).map(([name, at]) => ({
    at,
    slot: `dstate ${name}`,
  }));
  const uses = usesOf(nodes, [...wanted, ...states]);
  const targets = new Map<string, Target>();
  for (const [at, slot] of slots) {
    if (slot.startsWith('back ') && uses.has(at)) targets.set(slot.slice(5), { slot, add: false });
  }
  // What comes back to a state through one product alone goes straight to the state's gradient.
  for (const store of states) {
    const late = (at: number): boolean => first[at] === count;
    const [back, rest] = uses.get(store.at) === 1 ? directly(nodes, store.at, late, uses) : [];
    if (back === undefined) wanted.push(store);
    else targets.set(nodes[back]!.name!, { slot: store.slot, add: rest !== undefined });
    if (rest !== undefined) wanted.push({ at: rest, slot: store.slot });
  }

  const given = givenOf(cell, gradient);
  const asides = new Map<number, string>();
  const programs: Program[] = [];
  for (let k = count; k >= 0; k--) {
    const source = (at: number): string | undefined => {
      const since = first[at];
      const known = slots.get(at) ?? (at < gradient.nodes.length ? given(at) : undefined);
      if (since === undefined || since >= k || nodes[at]!.op === 'back') return known;
      asides.set(at, `aside ${at}`);
      return `aside ${at}`;
    };
    const stores = [...wanted, ...[...asides].map(([at, slot]) => ({ at, slot }))];
    programs.push(
      programOf(
        nodes,
        source,
        stores.filter(({ at }) => (first[at] ?? 0) === k),
      ),
    );
  }
  const [tail, ...back] = programs;
  return { back, tail: tail!, targets };
}

/** The node itself if it is what came back through a product alone, or that and the other term if it is a sum. */
function directly(
  nodes: readonly Node[],
  at: number,
  late: (at: number) => boolean,
  uses: ReadonlyMap<number, number>,
): [back?: number, rest?: number] {
  const isBack = (node: number): boolean =>
    nodes[node]!.op === 'back' && late(node) && uses.get(node) === 1;
  if (isBack(at)) return [at];
  const { op, args } = nodes[at]!;
  const [a, b] = args as [number, number];
  if (op !== 'add') return [];
  if (isBack(b) && !late(a)) return [b, a];
  return isBack(a) && !late(b) ? [a, b] : [];
}

/** How often each node is taken, by others or by stores. */
function usesOf(nodes: readonly Node[], stores: readonly Store[]): Map<number, number> {
  const uses = new Map<number, number>();
  const take = (at: number): void => {
    const before = uses.get(at) ?? 0;
    uses.set(at, before + 1);
    if (before === 0) nodes[at]!.args.forEach(take);
  };
  stores.forEach(({ at }) => take(at));
  return uses;
}

/** What a slot holds, and of what. */
export function split(name: string): [what: string, of: string] {
  const space = name.indexOf(' ');
  return space < 0 ? [name, ''] : [name.slice(0, space), name.slice(space + 1)];
}
