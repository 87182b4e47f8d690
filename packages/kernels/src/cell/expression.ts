// What the equations of a cell are written with. Each function makes a plain object that names its operands; `defineCell`
// turns them into a list of nodes.
import { shown } from '@secateur/input';
import { cellError } from '../error.ts';

/** A value of one unit at one step. */
export type Expression =
  | { readonly op: 'state' | 'mask' | 'parameter' | 'setting'; readonly name: string }
  | { readonly op: 'constant'; readonly value: number }
  | {
      readonly op: 'gate' | 'recurrent';
      readonly block: string;
      readonly read: Expression;
      readonly shift?: Expression | undefined;
    }
  | { readonly op: 'input'; readonly block: string }
  | { readonly op: UnaryOp; readonly of: readonly [Expression] }
  | { readonly op: BinaryOp; readonly of: readonly [Expression, Expression] };

/** An operation on one value. */
export type UnaryOp = 'sigmoid' | 'tanh' | 'relu';

/** An operation on two values. */
export type BinaryOp = 'add' | 'sub' | 'mul';

/** What an equation takes: an expression, or a number that stands for itself. */
export type Operand = Expression | number;

/**
 * What goes into a gate or candidate: `x K + read R + b`, with the columns of `block` of each weight. `shift`, a number or a
 * setting, is added to it; it is there for initial biases that are no weight, and may be folded into the bias.
 *
 * @example
 * ```ts
 * import { cellReference, defineCell, gate } from '@secateur/kernels';
 *
 * const linear = defineCell({
 *   ...{ name: 'linear', states: ['h'], blocks: 'n' },
 *   equations: ({ h }) => ({ h: gate('n', h, 0.5) }),
 * });
 * const weights = { kernel: [2], recurrent: [3], bias: [4] };
 * const sizes = { batch: 1, time: 1, input: 1, units: 1 };
 * // 1 * 2 + 10 * 3 + 4 + 0.5
 * cellReference(linear, { ...sizes, x: [1], weights, states: { h: [10] } }).y; // => [36.5]
 * ```
 */
export function gate(block: string, read: Operand, shift?: Operand): Expression {
  const of = { block, read: operand('gate', read) };
  return shift === undefined
    ? { op: 'gate', ...of }
    : { op: 'gate', ...of, shift: operand('gate', shift) };
}

/**
 * The input's part of a block alone: `x K + b`. A repeated cell has it at its first repetition, later it is 0.
 *
 * @example
 * ```ts
 * import { defineCell, input, mul, weightShapes } from '@secateur/kernels';
 *
 * const scaled = defineCell({
 *   ...{ name: 'scaled', states: ['h'], blocks: 'n' },
 *   equations: ({ h }) => ({ h: mul(h, input('n')) }),
 * });
 * // A block that is read in no other way has no recurrent weights.
 * weightShapes(scaled, { input: 2, units: 3 }); // => { kernel: [2, 3], bias: [3] }
 * ```
 */
export function input(block: string): Expression {
  return { op: 'input', block };
}

/**
 * The recurrent part of a block alone: `read R`, with the recurrent bias where the cell has one.
 *
 * @example
 * ```ts
 * import { cellReference, defineCell, recurrent } from '@secateur/kernels';
 *
 * const growing = defineCell({
 *   ...{ name: 'growing', states: ['h'], blocks: 'n' },
 *   equations: ({ h }) => ({ h: recurrent('n', h) }),
 * });
 * const sizes = { batch: 1, time: 3, input: 1, units: 1 };
 * const inputs = { ...sizes, x: [0, 0, 0], weights: { recurrent: [2] }, states: { h: [1] } };
 * cellReference(growing, inputs).y; // => [2, 4, 8]
 * ```
 */
export function recurrent(block: string, read: Operand): Expression {
  return { op: 'recurrent', block, read: operand('recurrent', read) };
}

/**
 * `a + b`.
 *
 * @example
 * ```ts
 * import { add, cellReference, defineCell, input } from '@secateur/kernels';
 *
 * const running = defineCell({
 *   ...{ name: 'running sum', states: ['h'], blocks: 'n' },
 *   equations: ({ h }) => ({ h: add(h, input('n')) }),
 * });
 * const sizes = { batch: 1, time: 3, input: 1, units: 1 };
 * cellReference(running, { ...sizes, x: [1, 2, 3], weights: { kernel: [1] } }).y; // => [1, 3, 6]
 * ```
 */
export function add(a: Operand, b: Operand): Expression {
  return { op: 'add', of: [operand('add', a), operand('add', b)] };
}

/**
 * `a - b`.
 *
 * @example
 * ```ts
 * import { cellReference, defineCell, input, sub } from '@secateur/kernels';
 *
 * const change = defineCell({
 *   ...{ name: 'change', states: ['difference', 'last'], blocks: 'n' },
 *   equations: ({ last }) => ({ difference: sub(input('n'), last), last: input('n') }),
 * });
 * const sizes = { batch: 1, time: 3, input: 1, units: 1 };
 * cellReference(change, { ...sizes, x: [1, 4, 2], weights: { kernel: [1] } }).y; // => [1, 3, -2]
 * ```
 */
export function sub(a: Operand, b: Operand): Expression {
  return { op: 'sub', of: [operand('sub', a), operand('sub', b)] };
}

/**
 * `a * b`.
 *
 * @example
 * ```ts
 * import { add, cellReference, defineCell, input, mul } from '@secateur/kernels';
 *
 * const decaying = defineCell({
 *   ...{ name: 'decaying sum', states: ['h'], blocks: 'n' },
 *   equations: ({ h }) => ({ h: add(mul(0.5, h), input('n')) }),
 * });
 * const sizes = { batch: 1, time: 3, input: 1, units: 1 };
 * cellReference(decaying, { ...sizes, x: [4, 0, 1], weights: { kernel: [1] } }).y; // => [4, 2, 2]
 * ```
 */
export function mul(a: Operand, b: Operand): Expression {
  return { op: 'mul', of: [operand('mul', a), operand('mul', b)] };
}

/**
 * The logistic sigmoid, `1 / (1 + exp(-x))`.
 *
 * @example
 * ```ts
 * import { cellReference, defineCell, input, mul, sigmoid } from '@secateur/kernels';
 *
 * const gated = defineCell({
 *   ...{ name: 'forgetting', states: ['h'], blocks: 'f' },
 *   equations: ({ h }) => ({ h: mul(sigmoid(input('f')), h) }),
 * });
 * // The gate is 0.5 where what goes into it is 0, and shut where that is far below 0.
 * const sizes = { batch: 1, time: 3, input: 1, units: 1 };
 * const inputs = { ...sizes, x: [0, 0, -1], weights: { kernel: [1000] }, states: { h: [4] } };
 * cellReference(gated, inputs).y; // => [2, 1, 0]
 * ```
 */
export function sigmoid(x: Operand): Expression {
  return { op: 'sigmoid', of: [operand('sigmoid', x)] };
}

/**
 * The hyperbolic tangent.
 *
 * @example
 * ```ts
 * import { cellReference, defineCell, input, tanh } from '@secateur/kernels';
 *
 * const bounded = defineCell({
 *   ...{ name: 'bounded', states: ['h'], blocks: 'h' },
 *   equations: () => ({ h: tanh(input('h')) }),
 * });
 * const sizes = { batch: 1, time: 3, input: 1, units: 1 };
 * cellReference(bounded, { ...sizes, x: [-100, 0, 100], weights: { kernel: [1] } }).y; // => [-1, 0, 1]
 * ```
 */
export function tanh(x: Operand): Expression {
  return { op: 'tanh', of: [operand('tanh', x)] };
}

/**
 * `x` where it is above 0, else 0.
 *
 * @example
 * ```ts
 * import { add, cellReference, defineCell, input, relu } from '@secateur/kernels';
 *
 * const counter = defineCell({
 *   ...{ name: 'sum above 0', states: ['h'], blocks: 'n' },
 *   equations: ({ h }) => ({ h: relu(add(h, input('n'))) }),
 * });
 * const sizes = { batch: 1, time: 3, input: 1, units: 1 };
 * cellReference(counter, { ...sizes, x: [2, -3, 1], weights: { kernel: [1] } }).y; // => [2, 0, 1]
 * ```
 */
export function relu(x: Operand): Expression {
  return { op: 'relu', of: [operand('relu', x)] };
}

function operand(caller: string, value: Operand): Expression {
  if (typeof value === 'number' && Number.isFinite(value)) return { op: 'constant', value };
  if (typeof value === 'object' && 'op' in ((value as object | null) ?? {})) return value;
  throw cellError(
    `${caller}: expected an expression or a finite number, found ${shown(value)}; take the values that the equations are given.`,
  );
}
