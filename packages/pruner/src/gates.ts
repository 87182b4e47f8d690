import type { NamedArray } from '@secateur/groups';
import { checkOptions, shown } from '@secateur/input';
import { lstmCell } from '@secateur/kernels';
import { checkArray } from './check-weights.ts';
import { argumentError, weightsError } from './pruner-error.ts';
import { range, sliceArray } from './slice-array.ts';

/** Options of {@link convertGates}. */
export interface ConvertGatesOptions {
  /** Axis that holds the gate blocks; default the last. */
  readonly axis?: number;
}

/**
 * Reorders the blocks of a weight of any cell, equally wide, from one order to another: a letter for each block, the same letters
 * in both. The orders of frameworks are in the definition of a cell, `lstmCell.orders` of `@secateur/kernels` for instance.
 *
 * @example
 * ```ts
 * import { convertGates } from '@secateur/pruner';
 *
 * const lstm = { shape: [4], data: Float32Array.of(1, 2, 3, 4) };
 * convertGates(lstm, 'igfo', 'ifgo').data; // => [1, 3, 2, 4]
 * const gru = { shape: [3], data: Float32Array.of(1, 2, 3) };
 * convertGates(gru, 'rzn', 'zrn').data; // => [2, 1, 3]
 * ```
 */
export function convertGates(
  weight: NamedArray,
  from: string,
  to: string,
  options: ConvertGatesOptions = {},
): NamedArray {
  checkOptions('convertGates', options, { axis: true }, argumentError);
  checkArray('convertGates', 'weight', weight);
  const { axis = weight.shape.length - 1 } = options;
  if (!isOrder(from) || !isOrder(to) || sorted(from) !== sorted(to)) {
    throw weightsError(
      `convertGates: expected two orders of the same blocks, a letter for each, found ${shown(from)} and ${shown(to)}; an LSTM's are "ifgo" in Keras and PyTorch, a GRU's "zrn" in Keras and "rzn" in PyTorch.`,
    );
  }
  const width = weight.shape[axis];
  if (width === undefined || width % from.length !== 0) {
    throw weightsError(
      `convertGates: expected ${from.length} equal gate blocks along axis ${axis}, found shape [${weight.shape.join(', ')}]; name the axis of the gates.`,
    );
  }
  if (weight.data.length === 0) return { shape: [...weight.shape], data: weight.data.slice() };
  const units = width / from.length;
  const columns = [...to].flatMap((gate) =>
    range(units).map((unit) => from.indexOf(gate) * units + unit),
  );
  const indices = weight.shape.map((_, i) => (i === axis ? columns : undefined));
  return sliceArray(weight.data, weight.shape, indices);
}

/**
 * Adds a forget bias to the forget block of an LSTM bias `[4*units]`, so that a cell that adds none itself computes
 * the same.
 *
 * @example
 * ```ts
 * import { foldForgetBias } from '@secateur/pruner';
 *
 * // Two units of a cell that adds a forget bias of 1 itself.
 * const bias = { shape: [8], data: Float32Array.of(0, 0, 0.5, 0.5, 0, 0, 0, 0) };
 * foldForgetBias(bias, 'ifgo', 1).data; // => [0, 0, 1.5, 1.5, 0, 0, 0, 0]
 * ```
 */
export function foldForgetBias(bias: NamedArray, gates: string, forgetBias: number): NamedArray {
  checkGates('foldForgetBias', gates);
  if (bias.shape.length !== 1 || bias.data.length % 4 !== 0 || !Number.isFinite(forgetBias)) {
    throw weightsError(
      `foldForgetBias: expected a bias [4*units] and a finite forget bias, found shape [${bias.shape.join(', ')}] and ${forgetBias}; pass one layer's bias.`,
    );
  }
  const units = bias.data.length / 4;
  const data = bias.data.slice();
  const start = gates.indexOf('f') * units;
  for (let i = start; i < start + units; i++) data[i]! += forgetBias;
  return { shape: [...bias.shape], data };
}

/** Checks that `gates` orders the letters i, f, g and o of an LSTM. */
function checkGates(caller: string, gates: string): void {
  if (isOrder(gates) && sorted(gates) === sorted(lstmCell.orders['keras']!)) return;
  throw weightsError(
    `${caller}: expected a gate order with each of i, f, g and o once, found ${shown(gates)}; TensorFlow.js and PyTorch use "ifgo", TensorFlow 1 "igfo".`,
  );
}

const sorted = (text: string): string => [...text].sort().join('');

const isOrder = (blocks: unknown): boolean =>
  typeof blocks === 'string' && blocks !== '' && new Set(blocks).size === blocks.length;
