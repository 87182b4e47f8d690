// All programs of a cell, and the slots that they share.
import {
  biasNames,
  cellGradient,
  type Cell,
  type CellGradient,
  isSum,
  type Node,
  stagesOfNodes,
} from '@secateur/kernels';
import { backwardPrograms, type Target } from './back-programs.ts';
import {
  givenOf,
  leftBehind,
  namedLeaves,
  programOf,
  slotsOf,
  type Program,
  type Store,
} from './program.ts';

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
  const programs = { stages, back, tail, reads, readPrograms, targets };
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
  return { ...programs, slots, forwardSlots: forward.size, backwardSlots: backward.size };
}

/** All products of a cell, stage after stage. */
const products = (cell: Cell): Cell['stages'][number]['products'] =>
  cell.stages.flatMap((stage) => stage.products);

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
      const direct = op === 'state' || op === 'mask' ? `${op} ${name}` : `read ${blocks}`;
      return [blocks, (stageOf[read]! < 0 ? undefined : left.get(read)) ?? direct];
    }),
  );
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
  const readProducts = products(cell).filter(({ blocks }) =>
    reads.get(blocks)!.startsWith('read '),
  );
  const ahead = readProducts
    .filter(({ read }) => stageOf[read]! < 0)
    .map(({ read, blocks }): Store => ({ at: after(read), slot: `readNext ${blocks}` }));
  const storesOf = (s: number): Store[] => {
    const isHere = (at: number): boolean => stageOf[at] === s;
    const states = Object.entries(cell.next).filter(
      ([, at]) => isHere(at) || (s === last && stageOf[at]! < 0),
    );
    return [
      ...gradient.kept
        .filter(({ node }) => isHere(node))
        .map(({ node }): Store => ({ at: node, slot: `kept ${node}` })),
      ...states.map(([name, at]): Store => ({ at, slot: `next ${name}` })),
      ...states
        .filter(([name]) => cell.repeats && name === cell.output)
        .map(([, at]): Store => ({ at, slot: 'y' })),
      ...[...asides].filter(([at]) => isHere(at)).map(([at, slot]): Store => ({ at, slot })),
      ...readProducts
        .filter(({ read }) => isHere(read))
        .map(({ read, blocks }): Store => ({ at: read, slot: `read ${blocks}` })),
      ...(s === last ? ahead : []),
    ];
  };
  // From the last stage, so that what it takes of others is known when it is their turn.
  const programs: Program[] = [];
  for (let s = last; s >= 0; s--) {
    const given = (at: number): string | undefined => {
      const stage = stageOf[at] ?? -1;
      if (stage < 0 || stage >= s) return sources(at);
      const slot = left.get(at) ?? `aside ${at}`;
      if (!left.has(at)) asides.set(at, slot);
      return slot;
    };
    programs.unshift(programOf(nodes, given, storesOf(s)));
  }
  return programs;
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
    const fromRecurrent = (): number =>
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
        ? sum(fromInput(), fromRecurrent(), bias(), shifted())
        : sum(fromRecurrent(), sum(fromInput(), bias()), shifted());
    const value =
      op === 'gate' ? all() : op === 'input' ? sum(fromInput(), bias()) : fromRecurrent();
    nodes[at] = nodes[value]!;
    if (slots.has(value)) slots.set(at, slots.get(value)!);
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
    const copy = known.get(at) ?? nodes.push({ ...nodes[at]!, args: args.map(after) }) - 1;
    known.set(at, copy);
    return copy;
  };
  return after;
}
