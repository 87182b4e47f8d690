import type { NamedArray } from '@whittle/groups';
import { PrunerError } from './pruner-error.ts';
import { range, sliceArray } from './slice-array.ts';

/** Settings of {@link convertGates}. */
export interface ConvertGatesOptions {
  /** Axis that holds the four gate blocks; default the last. */
  readonly axis?: number;
}

/**
 * Reorders the four gate blocks of an LSTM weight from one gate order to another, both permutations of `ifgo`:
 * `ifgo` is Keras, TensorFlow.js and PyTorch, `igfo` TensorFlow 1 (its i, j, f, o), `iofg` ONNX.
 *
 * @example
 * ```ts
 * import { convertGates } from '@whittle/pruner';
 *
 * const bias = { shape: [4], data: Float32Array.of(1, 2, 3, 4) };
 * convertGates(bias, 'igfo', 'ifgo').data; // => [1, 3, 2, 4]
 * ```
 */
export function convertGates(
  weight: NamedArray,
  from: string,
  to: string,
  options: ConvertGatesOptions = {},
): NamedArray {
  const { axis = weight.shape.length - 1 } = options;
  checkGates('convertGates', from);
  checkGates('convertGates', to);
  const width = weight.shape[axis];
  if (width === undefined || width % 4 !== 0) {
    throw new PrunerError(
      `convertGates: expected four equal gate blocks along axis ${axis}, found shape [${weight.shape.join(', ')}]; name the axis of the gates.`,
    );
  }
  const units = width / 4;
  const columns = [...to].flatMap((gate) =>
    range(units).map((unit) => from.indexOf(gate) * units + unit),
  );
  const indices = weight.shape.map((_, i) => (i === axis ? columns : undefined));
  return sliceArray(weight.data, weight.shape, indices);
}

/**
 * Adds a forget bias to the forget block of an LSTM bias `[4*units]`, so that a cell that adds none itself computes
 * the same.
 */
export function foldForgetBias(bias: NamedArray, gates: string, forgetBias: number): NamedArray {
  checkGates('foldForgetBias', gates);
  if (bias.shape.length !== 1 || bias.data.length % 4 !== 0 || !Number.isFinite(forgetBias)) {
    throw new PrunerError(
      `foldForgetBias: expected a bias [4*units] and a finite forget bias, found shape [${bias.shape.join(', ')}] and ${forgetBias}; pass one layer's bias.`,
    );
  }
  const units = bias.data.length / 4;
  const data = bias.data.slice();
  const start = gates.indexOf('f') * units;
  for (let i = start; i < start + units; i++) data[i]! += forgetBias;
  return { shape: [...bias.shape], data };
}

/** Checks that `gates` orders the letters i, f, g and o. */
export function checkGates(caller: string, gates: string): void {
  if (typeof gates !== 'string' || [...gates].sort().join('') !== 'fgio') {
    throw new PrunerError(
      `${caller}: expected a gate order with each of i, f, g and o once, found "${gates}"; TensorFlow.js and PyTorch use "ifgo", TensorFlow 1 "igfo".`,
    );
  }
}
