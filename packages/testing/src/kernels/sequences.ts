// What the suites of the recurrent kernels share.
import { lstmSizes, type LstmSizes } from '../lstm-fixture.ts';

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
