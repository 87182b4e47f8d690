import { cellGradient, type Cell, weightShapes } from '@secateur/kernels';
import { backPlan, type Factored } from './cell-back-plan.ts';
import type { Columns } from './cell-blocks.ts';
import { cellDepth, eachOf, type CellDone, type CellInputs } from './cell-kernel.ts';
import { levelsOf } from './cell-levels.ts';
import type { CellOperations, Matrix } from './cell-operations.ts';
import { spread, valueOf, type CellAttributes } from './cell-values.ts';
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

/** Goes back through all steps: to the gradients of the sums, and of the states before the first step. */
export type BackInTime<M extends Matrix> = (
  ops: CellOperations<M>,
  cell: Cell,
  inputs: CellInputs<M>,
  done: CellDone<M>,
  attributes: CellAttributes,
) => {
  readonly levels: readonly SumGradients<M>[];
  readonly states: Readonly<Record<string, M>>;
};

/**
 * The gradient of `cellForward`. Whatever does not depend on later steps is computed for all steps at once: what is
 * evaluated again, and the factors that gradients are multiplied by. Going back in time remain those products, and the
 * products with the recurrent weights. The weights' gradients are then one product each over all `time * batch` rows. `goBack` is
 * for a backend that has a better way back for one cell.
 *
 * @example
 * ```ts
 * import { cellBackward, type CellOperations } from '@secateur/backend/kernels';
 * import { simpleRnnReluCell } from '@secateur/kernels';
 *
 * // The operations that this cell needs, on matrices of one row and one column.
 * const matrix = (value: number) => ({ shape: [1, 1], value });
 * type One = ReturnType<typeof matrix>;
 * const operations: Partial<CellOperations<One>> = {
 *   mul: (a, b) => matrix(a.value * b.value),
 *   reluSlope: (x) => matrix(x.value > 0 ? 1 : 0),
 *   multiplier: (by) => (x) => matrix(x.value * by.value),
 *   transposedProduct: (a, b) => matrix(a.value * b.value),
 *   sums: (x) => x,
 *   rowBlocks: (x) => [x],
 *   fill: (_, value) => matrix(value),
 *   join: ([first]) => first!,
 *   scope: (body) => body(),
 * };
 * const weights = { kernel: matrix(2), recurrent: matrix(3), bias: matrix(4) };
 * const inputs = { x: matrix(1), weights, states: { h: matrix(10) }, masks: {} };
 * const none = matrix(0);
 * const done = { y: matrix(36), dy: matrix(1), activations: none, saved: none, dstates: {} };
 * const gradients = cellBackward(operations as CellOperations<One>, simpleRnnReluCell, inputs, done, {});
 * // The output was 1 * 2 + 10 * 3 + 4.
 * gradients.x.value; // => 2
 * gradients.states['h']!.value; // => 3
 * gradients.weights['recurrent']!.value; // => 10
 * ```
 */
export function cellBackward<M extends Matrix>(
  ops: CellOperations<M>,
  cell: Cell,
  inputs: CellInputs<M>,
  done: CellDone<M>,
  attributes: CellAttributes,
  goBack: BackInTime<M> = backInTime,
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
  const { levels, states } = goBack(ops, cell, inputs, done, attributes);
  return { ...weightGradients(ops, cell, inputs, attributes, levels), states };
}

/** Goes back step by step. */
function backInTime<M extends Matrix>(
  ops: CellOperations<M>,
  cell: Cell,
  inputs: CellInputs<M>,
  done: CellDone<M>,
  attributes: CellAttributes,
): ReturnType<BackInTime<M>> {
  const gradient = cellGradient(cell);
  const plan = backPlan(cell, gradient);
  const shape = inputs.states[cell.output]!.shape;
  const time = inputs.x.shape[0]! / shape[0]!;
  const levels = levelsOf(ops, cell, gradient, plan, inputs, done, attributes);
  const dy = ops.rowBlocks(done.dy, time);
  let states: readonly M[] = cell.states.map((name) =>
    name === cell.output ? dy[time - 1]! : done.dstates[name]!,
  );
  const output = cell.states.indexOf(cell.output);
  const before = cell.states.map((name) => gradient.states[name]!);
  const upstream = cell.states.map((name) => plan.upstream.get(name));
  // What no step waits for is kept, and computed for all steps at once.
  const outside = [...plan.apart.values(), ...plan.parameters.values()].map(({ from }) => from);
  const later = [...new Set(outside)];
  const lists = levels.map(({ groups }) => ({
    dzs: groups.map(() => new Array<M>(time)),
    later: later.map(() => new Array<M>(time)),
  }));
  for (let t = time - 1; t >= 0; t--) {
    for (let k = levels.length - 1; k >= 0; k--) {
      const { valuesAt, groups } = levels[k]!;
      const list = lists[k]!;
      const step = ops.scope(() => {
        const values = valuesAt(t);
        const of = (at: number): M => valueOf(ops, gradient.nodes, values, at);
        upstream.forEach((at, n) => at !== undefined && (values[at] = states[n]));
        const dzs = groups.map(({ slopes, multiply, back }) => {
          const dz = slopes(of, t);
          values[back] = multiply(dz);
          return dz;
        });
        const dstates = before.map((at, n) => {
          const dstate = spread(ops, of(at), shape);
          return n === output && k === 0 && t > 0 ? ops.add(dy[t - 1]!, dstate) : dstate;
        });
        return [dzs, dstates, later.map((from) => spread(ops, of(from), shape))];
      });
      list.dzs.forEach((dzs, g) => (dzs[t] = step[0]![g]!));
      states = step[1]!;
      list.later.forEach((each, n) => (each[t] = step[2]![n]!));
    }
  }
  const sums = levels.map(({ groups, all }, k): SumGradients<M> => {
    const { dzs, later: steps } = lists[k]!;
    const joined = new Map(steps.map((list, n) => [later[n]!, ops.join(list, 0)]));
    const whole = ({ from, factor }: Factored): M =>
      factor === undefined ? joined.get(from)! : ops.mul(joined.get(from)!, all(factor));
    return {
      products: groups.map(({ order, read }, g) => ({ order, read, all: ops.join(dzs[g]!, 0) })),
      apart: k > 0 ? [] : [...plan.apart].map(([order, each]) => ({ order, all: whole(each) })),
      parameters: Object.fromEntries(
        [...plan.parameters].map(([name, each]) => [name, whole(each)]),
      ),
    };
  });
  const first = cell.states.map((name, n) => [name, states[n]!] as const);
  return { levels: sums, states: Object.fromEntries(first) };
}
