import { tensor, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core';
import type { LstmSizes, LstmTensors } from './lstm-fixture.ts';
import { numbers, sizeOf } from './numbers.ts';

/** Names of what a GRU reads, in the order that tests pass them in. */
export const gruInputNames = ['x', 'kernel', 'recurrent', 'bias', 'recurrentBias', 'h0'] as const;

/** One of {@link gruInputNames}. */
export type GruInputName = (typeof gruInputNames)[number];

/** Values of all of it, row-major. */
export type GruValues = Record<GruInputName, Float64Array>;

/** Shapes of all of it. */
function gruShapes({ batch, time, input, units }: LstmSizes): Record<GruInputName, number[]> {
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
  const entries = gruInputNames.map((name, i) => {
    const width = name === 'kernel' || name === 'recurrent' ? 1 / Math.sqrt(sizes.units + 1) : 1;
    return [name, numbers(sizeOf(shapes[name]), i + 51, scale * width)];
  });
  return Object.fromEntries(entries) as GruValues;
}

/** The tensors of all of it. */
interface GruTensors extends Omit<LstmTensors, 'c0'> {
  readonly recurrentBias: Tensor1D;
}

/** The float32 tensors of some values. */
export function gruTensors(values: GruValues, sizes: LstmSizes): GruTensors {
  const shapes = gruShapes(sizes);
  const entries = gruInputNames.map((name): [string, Tensor] => [
    name,
    tensor(new Float32Array(values[name]), shapes[name], 'float32'),
  ]);
  return Object.fromEntries(entries) as unknown as GruTensors;
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
