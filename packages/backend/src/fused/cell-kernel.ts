// What the pair `RecurrentSequence` and `RecurrentSequenceGrad` reads and returns, and in which order: the composed form and the
// kernels of every backend share it.
import type { NamedAttrMap } from '@tensorflow/tfjs-core';
import { blockOrder, type Cell, weightBlocks } from '@secateur/kernels';
import type { Matrix } from './cell-operations.ts';
import type { CellAttributes } from './cell-values.ts';

/** What the pair of kernels is told beside tensors: the attributes, with the cell. */
export interface CellKernelAttributes extends CellAttributes {
  readonly cell: Cell;
}

/**
 * The attributes of the pair, which TensorFlow.js passes on without looking at them.
 *
 * @example
 * ```ts
 * import { cellAttributes } from '@secateur/backend/kernels';
 * import { lstmCell } from '@secateur/kernels';
 *
 * // As a kernel function gets them from TensorFlow.js.
 * const attrs = { cell: lstmCell as never, order: 'ifgo', settings: { forgetBias: 1 } as never };
 * const { cell, settings } = cellAttributes(attrs);
 * cell.name; // => lstm
 * settings; // => { forgetBias: 1 }
 * ```
 */
export const cellAttributes = (attributes: NamedAttrMap | undefined): CellKernelAttributes =>
  attributes as unknown as CellKernelAttributes;

/** An input of the pair: what it is, and its name. */
export type InputName = readonly [kind: 'x' | 'weight' | 'state' | 'mask', name: string];

const known = new WeakMap<Cell, readonly InputName[]>();

/**
 * The inputs of `RecurrentSequence`, which are numbered, in their order.
 *
 * @example
 * ```ts
 * import { inputNames } from '@secateur/backend/kernels';
 * import { rhnCell } from '@secateur/kernels';
 *
 * const kinds = inputNames(rhnCell).map(([kind, name]) => `${kind} ${name}`);
 * kinds.slice(0, 4); // => ['x x', 'weight kernel', 'weight recurrent', 'weight bias']
 * kinds.slice(4); // => ['state s', 'mask mask']
 * ```
 */
export function inputNames(cell: Cell): readonly InputName[] {
  const names = known.get(cell) ?? listInputs(cell);
  known.set(cell, names);
  return names;
}

function listInputs(cell: Cell): InputName[] {
  const weights = Object.keys(weightBlocks(cell));
  return [
    ['x', 'x'],
    ...weights.map((name) => ['weight', name] as const),
    ...cell.states.map((name) => ['state', name] as const),
    ...cell.masks.map((name) => ['mask', name] as const),
  ];
}

/**
 * What `RecurrentSequenceGrad` returns the gradients of, in that order: all inputs but the masks.
 *
 * @example
 * ```ts
 * import { gradientNames } from '@secateur/backend/kernels';
 * import { rhnCell } from '@secateur/kernels';
 *
 * gradientNames(rhnCell).map(([, name]) => name); // => ['x', 'kernel', 'recurrent', 'bias', 's']
 * ```
 */
export const gradientNames = (cell: Cell): InputName[] =>
  inputNames(cell).filter(([kind]) => kind !== 'mask');

/**
 * The states beside the output: `RecurrentSequence` returns the last of each, after `y`, the activations and the states.
 *
 * @example
 * ```ts
 * import { otherStates } from '@secateur/backend/kernels';
 * import { gruCell, lstmCell } from '@secateur/kernels';
 *
 * otherStates(lstmCell); // => ['c']
 * otherStates(gruCell); // => []
 * ```
 */
export const otherStates = (cell: Cell): string[] =>
  cell.states.filter((name) => name !== cell.output);

/** The inputs of `RecurrentSequence`, by name. */
export interface CellInputs<T> {
  /** `[batch, time, input]`. */
  readonly x: T;
  /** Weights by name, see `weightShapes` of `@secateur/kernels`. */
  readonly weights: Readonly<Record<string, T>>;
  /** By name, the states before the first step, `[batch, units]`. */
  readonly states: Readonly<Record<string, T>>;
  /** By name, `[batch, units]`; all that the cell has. */
  readonly masks: Readonly<Record<string, T>>;
}

/**
 * Sorts the inputs of a kernel by what they are.
 *
 * @example
 * ```ts
 * import { cellInputs } from '@secateur/backend/kernels';
 * import { simpleRnnCell } from '@secateur/kernels';
 *
 * // Strings in place of tensors, numbered as a kernel gets them.
 * const inputs = { 0: 'x', 1: 'K', 2: 'R', 3: 'b', 4: 'h0' };
 * const { weights, states } = cellInputs(simpleRnnCell, inputs);
 * weights; // => { kernel: 'K', recurrent: 'R', bias: 'b' }
 * states; // => { h: 'h0' }
 * ```
 */
export function cellInputs<T>(cell: Cell, inputs: Readonly<Record<string, T>>): CellInputs<T> {
  const byKind = { weight: {}, state: {}, mask: {} } as Record<string, Record<string, T>>;
  inputNames(cell).forEach(([kind, name], k) => {
    if (kind !== 'x') byKind[kind]![name] = inputs[k]!;
  });
  const { weight, state, mask } = byKind;
  return { x: inputs[0]!, weights: weight!, states: state!, masks: mask! };
}

/** Makes something of each value of a record. */
export function eachOf<A, B>(
  values: Readonly<Record<string, A>>,
  to: (value: A) => B,
): Record<string, B> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, to(value)]));
}

/**
 * Makes something of `x`, and something of every weight, state and mask.
 *
 * @example
 * ```ts
 * import { mapCellInputs } from '@secateur/backend/kernels';
 *
 * const inputs = { x: 1, weights: { kernel: 2 }, states: { h: 3 }, masks: {} };
 * const mapped = mapCellInputs(inputs, (x) => `x is ${x}`, String);
 * mapped; // => { x: 'x is 1', weights: { kernel: '2' }, states: { h: '3' }, masks: {} }
 * ```
 */
export const mapCellInputs = <A, B>(
  { x, weights, states, masks }: CellInputs<A>,
  ofX: (x: A) => B,
  ofOthers: (value: A) => B,
): CellInputs<B> => ({
  x: ofX(x),
  weights: eachOf(weights, ofOthers),
  states: eachOf(states, ofOthers),
  masks: eachOf(masks, ofOthers),
});

/** What `RecurrentSequenceGrad` reads beside the inputs of `RecurrentSequence`. */
export interface CellDone<T> {
  /** Outputs of the cell, `[batch, time, units]`. */
  readonly y: T;
  /** Its activations, `[time, batch, columns]`. */
  readonly activations: T;
  /** The states that it saved, `[time, batch, columns]`. */
  readonly saved: T;
  /** The gradient in its outputs. */
  readonly dy: T;
  /** By name, the gradients in the last of the other states, `[batch, units]`. */
  readonly dstates: Readonly<Record<string, T>>;
}

/**
 * What `RecurrentSequenceGrad` gets of what was computed before, by its names there.
 *
 * @example
 * ```ts
 * import { cellDone } from '@secateur/backend/kernels';
 * import { lstmCell } from '@secateur/kernels';
 *
 * // Strings in place of tensors, by the names of the kernel.
 * const inputs = { y: 'y', activations: 'a', states: 's', dy: 'dy', 'd c': 'dc' };
 * const { saved, dstates } = cellDone(lstmCell, inputs);
 * saved; // => s
 * dstates; // => { c: 'dc' }
 * ```
 */
export function cellDone<T>(cell: Cell, inputs: Readonly<Record<string, T>>): CellDone<T> {
  const { dy, y, activations, states: saved } = inputs;
  const dstates: Record<string, T> = {};
  for (const name of otherStates(cell)) dstates[name] = inputs[`d ${name}`]!;
  return { y: y!, activations: activations!, saved: saved!, dy: dy!, dstates };
}

/**
 * How often a cell runs in a step, from the width of its recurrent weights; 1 without units.
 *
 * @example
 * ```ts
 * import { cellDepth } from '@secateur/backend/kernels';
 * import { lstmCell, rhnCell } from '@secateur/kernels';
 *
 * // A Recurrent Highway Network has two blocks at each depth.
 * cellDepth(rhnCell, { recurrent: { shape: [4, 24] } }); // => 3
 * cellDepth(lstmCell, { recurrent: { shape: [4, 16] } }); // => 1
 * ```
 */
export function cellDepth(
  cell: Cell,
  weights: Readonly<Record<string, Matrix | undefined>>,
): number {
  if (!cell.repeats) return 1;
  const [units, columns] = weights['recurrent']!.shape as [number, number];
  return units === 0 ? 1 : columns / (blockOrder(cell).recurrent.length * units);
}
