import { tensor, type Tensor } from '@tensorflow/tfjs-core';
import type { GruSequenceInputs } from '@secateur/backend';
import type { LstmSizes } from './lstm-fixture.ts';
import { numbers, sizeOf } from './numbers.ts';

/** Names of the inputs of `GruSequence`, in the order that tests pass them in. */
export const gruInputNames = ['x', 'kernel', 'recurrent', 'bias', 'recurrentBias', 'h0'] as const;

/** One of {@link gruInputNames}. */
export type GruInputName = (typeof gruInputNames)[number];

/** Values of all inputs of `GruSequence`, row-major. */
export type GruValues = Record<GruInputName, Float64Array>;

/** Shapes of the inputs of `GruSequence`. */
export function gruShapes({
  batch,
  time,
  input,
  units,
}: LstmSizes): Record<GruInputName, number[]> {
  return {
    x: [batch, time, input],
    kernel: [input, 3 * units],
    recurrent: [units, 3 * units],
    bias: [3 * units],
    recurrentBias: [3 * units],
    h0: [batch, units],
  };
}

/** Pseudo-random inputs that float32 holds exactly; weights get smaller with more units, so that gates do not saturate. */
export function gruValues(sizes: LstmSizes, scale = 1): GruValues {
  const shapes = gruShapes(sizes);
  const made = gruInputNames.map((name, i) => {
    const width = name === 'kernel' || name === 'recurrent' ? 1 / Math.sqrt(sizes.units + 1) : 1;
    return [name, numbers(sizeOf(shapes[name]), i + 51, scale * width)];
  });
  return Object.fromEntries(made) as GruValues;
}

/** The float32 tensors of some values. */
export function gruTensors(values: GruValues, sizes: LstmSizes): GruSequenceInputs {
  const shapes = gruShapes(sizes);
  const made = gruInputNames.map((name): [string, Tensor] => [
    name,
    tensor(Float32Array.from(values[name]), shapes[name], 'float32'),
  ]);
  return Object.fromEntries(made) as unknown as GruSequenceInputs;
}

/** Both forms of the reset gate in each of the six gate orders. */
export const gruAttributes: readonly { readonly gates: string; readonly resetAfter: boolean }[] = [
  'zrn',
  'rzn',
  'znr',
  'rnz',
  'nzr',
  'nrz',
].flatMap((gates) => [true, false].map((resetAfter) => ({ gates, resetAfter })));
