import type { Cell, Node } from './cell.ts';
import { adjoints } from './adjoints.ts';
import { graphFrom } from './graph.ts';
import { keptNodes, type Kept } from './kept.ts';

/** The gradients of the two parts of a block's sum; those of a block that is taken whole are the same. */
export interface BlockGradient {
  /** The gradient of `x K + b`, for a block with an input part. */
  readonly input?: number;
  /** The gradient of the recurrent part, for a block that has one. */
  readonly recurrent?: number;
}

/** What is computed before the products of a stage are gone back through. */
export interface StageGradient {
  /** The operations to evaluate, in order. */
  readonly nodes: readonly number[];
  /** By block, the gradients that its products are gone back through with. */
  readonly blocks: Readonly<Record<string, BlockGradient>>;
}

/**
 * The way back through one step of a cell, or through one of its repetitions. Leaves are what the step read, the gradients
 * of the states after it (`upstream`), and what comes back through a product (`back`): the gradients of the recurrent parts
 * of its blocks times their columns of `recurrent`, transposed.
 */
export interface CellGradient {
  /** The nodes of the cell in their places, then those of the way back. */
  readonly nodes: readonly Node[];
  /** One for each stage of the cell, in its order; the last is evaluated first. */
  readonly stages: readonly StageGradient[];
  /** The operations to evaluate after all stages. */
  readonly start: readonly number[];
  /** The gradient of each state before the step. */
  readonly states: Readonly<Record<string, number>>;
  /** What the step adds to the gradient of each parameter, still to be summed over the batch. */
  readonly parameters: Readonly<Record<string, number>>;
  /** The nodes whose values the step keeps for the way back. */
  readonly kept: readonly Kept[];
  /** The nodes of the cell that the way back evaluates again, from those kept and the states. */
  readonly recomputed: readonly number[];
}

/** How {@link cellGradient} writes products. */
export interface CellGradientOptions {
  /**
   * Whether a gradient is multiplied once, by a factor that depends on no gradient: such factors can be computed for all steps
   * at once (the default). Without it products are taken one after the other, which are fewer.
   */
  readonly hoist?: boolean;
}

const known = new WeakMap<Cell, Map<boolean, CellGradient>>();

/**
 * The gradient of a cell by reverse differentiation of its equations; it is derived once.
 *
 * @example
 * ```ts
 * import { cellGradient, simpleRnnCell } from '@secateur/kernels';
 *
 * const { kept, nodes, stages } = cellGradient(simpleRnnCell);
 * // What goes into the tanh gets the gradient of the state times the slope there, which follows from the state.
 * const { op, args } = nodes[stages[0]!.blocks['h']!.recurrent!]!;
 * [op, ...args.map((at) => nodes[at]!.op)]; // => ['mul', 'upstream', 'tanhSlope']
 * kept; // => []
 * ```
 */
export function cellGradient(cell: Cell, { hoist = true }: CellGradientOptions = {}): CellGradient {
  const ofCell = known.get(cell) ?? new Map<boolean, CellGradient>();
  known.set(cell, ofCell);
  const gradient = ofCell.get(hoist) ?? derive(cell, hoist);
  ofCell.set(hoist, gradient);
  return gradient;
}

function derive(cell: Cell, hoist: boolean): CellGradient {
  const graph = graphFrom(cell.nodes);
  const { next, stages } = cell;
  const sums = adjoints(graph, hoist);
  for (const state of cell.states) sums.add(next[state]!, graph.leaf('upstream', state));
  let done = graph.nodes.length;
  const made = (): number[] => {
    const from = done;
    done = graph.nodes.length;
    const added = Array.from({ length: done - from }, (_, k) => from + k);
    return added.filter((at) => graph.nodes[at]!.args.length > 0);
  };

  const back: StageGradient[] = [];
  for (const stage of stages.toReversed()) {
    for (const at of stage.nodes.toReversed()) sums.handOn(at);
    const blocks = cell.blocks
      .filter(({ name }) => stage.blocks.includes(name))
      .map(({ name, input, recurrent, split }): [string, BlockGradient] => {
        const of = (part: 'input' | 'recurrent'): number =>
          sums.total(graph.leaf(split || !(input && recurrent) ? part : 'gate', name));
        return [
          name,
          {
            ...(input ? { input: of('input') } : {}),
            ...(recurrent ? { recurrent: of('recurrent') } : {}),
          },
        ];
      });
    back.unshift({ nodes: made(), blocks: Object.fromEntries(blocks) });
    for (const { read, blocks } of stage.products) sums.add(read, graph.leaf('back', blocks));
    done = graph.nodes.length;
  }
  for (const at of cell.start.toReversed()) sums.handOn(at);
  const totals = (op: 'state' | 'parameter', names: readonly string[]): Record<string, number> =>
    Object.fromEntries(names.map((name) => [name, sums.total(graph.leaf(op, name))]));
  const states = totals('state', cell.states);
  const parameters = totals('parameter', cell.parameters);
  return {
    nodes: graph.nodes,
    stages: back,
    start: made(),
    states,
    parameters,
    ...keptNodes(cell, graph.nodes),
  };
}
