// What the suites of the recurrent kernels share.
import { lstmSizes, type LstmSizes } from '@secateur/testing/numeric';

/** Sizes of one and of a few, without units or inputs, and round the widths that kernels work in. */
export const sequenceSizes: readonly LstmSizes[] = [
  ...lstmSizes,
  // 4 and 8 lanes, workgroups of 16 to 256.
  { batch: 2, time: 2, input: 5, units: 4 },
  { batch: 3, time: 2, input: 7, units: 8 },
  { batch: 5, time: 2, input: 8, units: 15 },
  { batch: 2, time: 3, input: 17, units: 16 },
  { batch: 16, time: 2, input: 15, units: 17 },
  { batch: 1, time: 3, input: 64, units: 63 },
  { batch: 2, time: 2, input: 3, units: 64 },
  { batch: 3, time: 1, input: 65, units: 65 },
  { batch: 1, time: 2, input: 2, units: 255 },
  { batch: 2, time: 1, input: 1, units: 256 },
  { batch: 1, time: 2, input: 300, units: 257 },
  { batch: 1, time: 100, input: 3, units: 5 },
  { batch: 65, time: 2, input: 3, units: 3 },
];

/**
 * What a loss says of every output `[batch, time, units]` when it also reads the state after the last step: that state is
 * the last output once more.
 */
export function withLastState(
  dy: Float64Array,
  dlast: Float64Array,
  { time, units }: LstmSizes,
): Float64Array {
  return dy.map((value, at) => {
    if (Math.floor(at / units) % time !== time - 1) return value;
    return value + dlast[Math.floor(at / (time * units)) * units + (at % units)]!;
  });
}

/** The output of the last step, `[batch, units]`, of `[batch, time, units]`. */
export function lastOutputs(y: Float64Array, { batch, time, units }: LstmSizes): number[] {
  return Array.from({ length: batch }, (_, b) => [
    ...y.subarray(((b + 1) * time - 1) * units, (b + 1) * time * units),
  ]).flat();
}
