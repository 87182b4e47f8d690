import type { Cell } from '../cell/cell.ts';
import { checkNames } from '../cell/check-names.ts';
import { cellGradient, type CellGradient } from '../cell/gradient.ts';
import { weightShapes } from '../cell/weights.ts';
import { argumentError } from '../error.ts';
import {
  inputRow,
  leavesOf,
  row,
  runSequence,
  statesOf,
  type States,
  type Step,
} from './forward.ts';
import { checkArray, checkInputs, sizeOf, type Arrays, type CellInputs } from './inputs.ts';
import { productsOf, type Products } from './products.ts';
import { valuesOf } from './values.ts';

/** What a loss makes of a cell's outputs: its gradient in each of them, zeros when left out. */
export interface CellUpstream {
  /** In the output of every step, `[batch, time, units]`. */
  readonly y?: ArrayLike<number> | undefined;
  /** By name, in the states after the last step, `[batch, units]`. */
  readonly states?: Arrays;
}

/** Gradients of all that a cell reads but masks and settings, each of its value's shape. */
export interface CellGradients {
  /** `[batch, time, input]` */
  readonly x: Float64Array;
  /** By name, those of the weights. */
  readonly weights: Readonly<Record<string, Float64Array>>;
  /** By name, those of the states before the first step, `[batch, units]`. */
  readonly states: Readonly<Record<string, Float64Array>>;
}

/**
 * Back-propagates through a cell over whole sequences in float64, by the gradient of its equations. It reads of a step only
 * what the gradient keeps, as kernels do.
 *
 * @throws {@link KernelError} when an array is missing or has another length than its shape, when the cell does not know a name, and
 * for a setting that is no finite number.
 *
 * @example
 * ```ts
 * import { cellGradientReference, simpleRnnReluCell } from '@secateur/kernels';
 *
 * // The outputs are 1 and 2 + 0.5 * 1; the loss is the second.
 * const inputs = {
 *   ...{ batch: 1, time: 2, input: 1, units: 1, x: [1, 2] },
 *   weights: { kernel: [1], recurrent: [0.5] },
 * };
 * const { x, weights } = cellGradientReference(simpleRnnReluCell, inputs, { y: [0, 1] });
 * x; // => [0.5, 1]
 * weights; // => { kernel: [2.5], recurrent: [1], bias: [1.5] }
 * ```
 */
export function cellGradientReference(
  cell: Cell,
  inputs: CellInputs,
  upstream: CellUpstream,
  gradient: CellGradient = cellGradient(cell),
): CellGradients {
  const caller = 'cellGradientReference';
  checkInputs(caller, cell, inputs);
  const { batch, time, units, x } = inputs;
  const { y, states = {} } = upstream;
  checkNames({ name: `${caller}: upstream`, failure: argumentError }, cell, { states });
  if (y !== undefined) checkArray(caller, cell, 'upstream y', [batch, time, units], y);
  for (const [name, value] of Object.entries(states))
    if (value !== undefined) checkArray(caller, cell, `upstream ${name}`, [batch, units], value);
  const products = productsOf(cell, inputs);
  const zeros = (size: number): Float64Array => new Float64Array(size);
  const shapes = Object.entries(weightShapes(cell, inputs));
  const out: CellGradients = {
    x: zeros(x.length),
    weights: Object.fromEntries(shapes.map(([name, shape]) => [name, zeros(sizeOf(shape))])),
    states: Object.fromEntries(cell.states.map((name) => [name, zeros(batch * units)])),
  };
  for (let b = 0; b < batch; b++) {
    const steps = runSequence(cell, inputs, products, b, gradient.kept);
    let carried = statesOf(cell, upstream.states, b, units);
    for (const step of steps.toReversed()) {
      if (step.last) {
        const dy = row(upstream.y, b * time + step.t, units, 0);
        carried[cell.output] = carried[cell.output]!.map((value, j) => value + dy[j]!);
      }
      carried = stepBack(cell, gradient, inputs, products, b, step, carried, out);
    }
    for (const name of cell.states) out.states[name]!.set(carried[name]!, b * units);
  }
  return out;
}

/** Adds the gradients of one repetition's inputs and weights to `out`; returns those of the states before it. */
function stepBack(
  cell: Cell,
  gradient: CellGradient,
  inputs: CellInputs,
  products: Products,
  b: number,
  step: Step,
  carried: States,
  out: CellGradients,
): Record<string, Float64Array> {
  const { input, units } = inputs;
  const { t, level, before, after } = step;
  const leaves = leavesOf(cell, inputs, b, before);
  const back = new Map<string, Float64Array>();
  const values = valuesOf(gradient.nodes, (node) => {
    if (node.op === 'upstream') return carried[node.name!]!;
    return node.op === 'back' ? back.get(node.name!)! : leaves(node);
  });
  for (const name of cell.states) values.set(cell.next[name]!, after[name]!);
  gradient.kept.forEach(({ node }, k) => values.set(node, step.kept[k]!));
  values.evaluate(gradient.recomputed);

  const row = (b * inputs.time + t) * input;
  const dx = out.x.subarray(row, row + input);
  const x = inputRow(inputs, b, t);
  for (let k = cell.stages.length - 1; k >= 0; k--) {
    const { nodes, blocks } = gradient.stages[k]!;
    values.evaluate(nodes);
    for (const [name, slopes] of Object.entries(blocks)) {
      if (slopes.input === undefined || level > 0) continue;
      products.handBack('input', name, 0, x, values.of(slopes.input), dx, out.weights);
    }
    for (const product of cell.stages[k]!.products) {
      const sum = new Float64Array(units);
      const read = values.of(product.read);
      for (const name of product.blocks) {
        const slope = values.of(blocks[name]!.recurrent!);
        products.handBack('recurrent', name, level, read, slope, sum, out.weights);
      }
      back.set(product.blocks, sum);
    }
  }
  values.evaluate(gradient.start);
  for (const [name, at] of Object.entries(gradient.parameters)) {
    values.of(at).forEach((slope, j) => (out.weights[name]![j]! += slope));
  }
  return Object.fromEntries(cell.states.map((name) => [name, values.of(gradient.states[name]!)]));
}
