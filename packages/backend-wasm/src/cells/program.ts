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
import { type Cell, type CellGradient, isSum, type Node } from '@secateur/kernels';

/** A value that a program leaves in a slot, or adds to what is there. */
export interface Store {
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

/** Leaves that are read under their names. */
export const namedLeaves: readonly Node['op'][] = ['state', 'mask', 'parameter', 'setting'];

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

/** The slot of what a step leaves behind for its way back: activations and states after it. */
export function leftBehind(cell: Cell, gradient: CellGradient): Map<number, string> {
  const states = Object.entries(cell.next).filter(
    ([, at]) => cell.nodes[at]!.args.length > 0 || isSum(cell.nodes[at]!.op),
  );
  return new Map([
    ...gradient.kept.map(({ node }) => [node, `kept ${node}`] as const),
    ...states.map(([name, at]) => [at, `next ${name}`] as const),
  ]);
}

/** The slots of all that is there on the way back, beside gradients. */
export function givenOf(
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

/** A program for these stores, of nodes of which some are read from slots. */
export function programOf(
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

/** What a slot holds, and of what. */
export function split(name: string): [what: string, of: string] {
  const space = name.indexOf(' ');
  return space < 0 ? [name, ''] : [name.slice(0, space), name.slice(space + 1)];
}
