import { cellGradient, type Cell, type CellGradient, weightShapes } from '@secateur/kernels';
import type { Columns } from './cell-blocks.ts';
import { cellDepth, type CellDone, type CellInputs } from './cell-kernel.ts';
import { inputsApart, levelsOf } from './cell-levels.ts';
import type { CellOperations, Matrix } from './cell-operations.ts';
import { nodeValues, spread, type CellAttributes } from './cell-values.ts';
import { weightGradients } from './cell-weight-gradients.ts';

/** Gradients of all that a cell reads but its masks. */
export interface CellGradients<M> {
  /** Of its inputs, `[time * batch, input]`. */
  readonly x: M;
  /** By name, of its weights; those of vectors are vectors. */
  readonly weights: Readonly<Record<string, M>>;
  /** By name, of the states before the first step. */
  readonly states: Readonly<Record<string, M>>;
}

/** The gradients of one repetition's sums at all steps. */
export interface SumGradients<M> {
  /** By product: the gradients of the blocks side by side, `[time * batch, blocks * units]`, and what the product read. */
  readonly products: readonly (Columns<M> & { readonly read: M })[];
  /** Of the blocks whose input's part has another gradient than the recurrent part. */
  readonly apart: readonly Columns<M>[];
  /** By name, of parameters, still to be summed. */
  readonly parameters: Readonly<Record<string, M>>;
}

/**
 * The gradient of `cellForward`. Whatever does not depend on later steps is computed for all steps at once: what is
 * evaluated again, and the factors that gradients are multiplied by. Going back in time remain those products, and the
 * products with the recurrent weights. The weights' gradients are then one product each over all `time * batch` rows.
 */
export function cellBackward<M extends Matrix>(
  ops: CellOperations<M>,
  cell: Cell,
  inputs: CellInputs<M>,
  done: CellDone<M>,
  attributes: CellAttributes,
): CellGradients<M> {
  const units = inputs.states[cell.output]!.shape[1]!;
  if (units === 0) {
    const depth = cellDepth(cell, inputs.weights);
    const shapes = weightShapes(cell, { input: inputs.x.shape[1]!, units, depth });
    const zeros = (shape: readonly number[]): M => ops.fill(shape, 0);
    return {
      x: zeros(inputs.x.shape),
      weights: eachOf(shapes, zeros),
      states: eachOf(inputs.states, ({ shape }) => zeros(shape)),
    };
  }
  const gradient = cellGradient(cell);
  const { levels, states } = backInTime(ops, cell, gradient, inputs, done, attributes);
  return { ...weightGradients(ops, cell, inputs, attributes, levels), states };
}

function eachOf<A, B>(values: Readonly<Record<string, A>>, to: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, to(value)]));
}

/** Goes back step by step. */
function backInTime<M extends Matrix>(
  ops: CellOperations<M>,
  cell: Cell,
  gradient: CellGradient,
  inputs: CellInputs<M>,
  done: CellDone<M>,
  attributes: CellAttributes,
): { readonly levels: SumGradients<M>[]; readonly states: Readonly<Record<string, M>> } {
  const shape = inputs.states[cell.output]!.shape;
  const time = inputs.x.shape[0]! / shape[0]!;
  const levels = levelsOf(ops, cell, gradient, inputs, done, attributes);
  const dy = ops.rowBlocks(done.dy, time);
  let states: Readonly<Record<string, M>> = { ...done.dstates, [cell.output]: dy[time - 1]! };
  const lists = levels.map(({ groups, later }) => ({
    dzs: groups.map(() => new Array<M>(time)),
    later: new Map([...later.values()].map(({ from }) => [from, new Array<M>(time)])),
  }));
  for (let t = time - 1; t >= 0; t--) {
    for (let k = levels.length - 1; k >= 0; k--) {
      const { rowsAt, groups } = levels[k]!;
      const { dzs, later } = lists[k]!;
      const step = ops.scope(() => {
        const values = nodeValues(ops, gradient.nodes, (node, at) =>
          node.op === 'upstream' ? states[node.name!] : rowsAt(at, t),
        );
        const made = groups.map(({ slopes, multiply, back }) => {
          const dz = slopes(values, t);
          values.set(back, multiply(dz));
          return dz;
        });
        const before = cell.states.map((name) => {
          const dstate = spread(ops, values.of(gradient.states[name]!), shape);
          const last = k === 0 && t > 0 && name === cell.output;
          return last ? ops.add(dy[t - 1]!, dstate) : dstate;
        });
        return [made, before, [...later.keys()].map((at) => spread(ops, values.of(at), shape))];
      });
      dzs.forEach((list, g) => (list[t] = step[0]![g]!));
      states = Object.fromEntries(cell.states.map((name, n) => [name, step[1]![n]!]));
      [...later.values()].forEach((list, n) => (list[t] = step[2]![n]!));
    }
  }
  const all = levels.map(({ groups, later }, k): SumGradients<M> => {
    const { dzs, later: steps } = lists[k]!;
    const joined = new Map([...steps].map(([from, list]) => [from, ops.join(list, 0)]));
    const of = (at: number): M => {
      const { from, factor } = later.get(at)!;
      return factor === undefined ? joined.get(from)! : ops.mul(joined.get(from)!, factor);
    };
    const apart = k === 0 ? Object.entries(inputsApart(gradient)) : [];
    return {
      products: groups.map(({ order, read }, g) => ({ order, read, all: ops.join(dzs[g]!, 0) })),
      apart: apart.map(([order, at]) => ({ order, all: of(at) })),
      parameters: eachOf(gradient.parameters, of),
    };
  });
  return { levels: all, states };
}
