import type { LstmSizes } from '@secateur/testing';

/** Round the 32 units and four rows of a workgroup, with batches, steps and units of 1. */
export const sizesToTry: readonly LstmSizes[] = [
  { batch: 3, time: 4, input: 5, units: 6 },
  { batch: 1, time: 5, input: 3, units: 2 },
  { batch: 2, time: 1, input: 4, units: 3 },
  { batch: 2, time: 3, input: 1, units: 1 },
  { batch: 1, time: 1, input: 1, units: 1 },
  { batch: 5, time: 2, input: 9, units: 33 },
  { batch: 4, time: 2, input: 7, units: 32 },
];

/** What pruning can leave: a layer without units, one that has no inputs left, and both. */
export const prunedSizes: readonly LstmSizes[] = [
  { batch: 2, time: 3, input: 4, units: 0 },
  { batch: 2, time: 3, input: 0, units: 3 },
  { batch: 2, time: 2, input: 0, units: 0 },
  { batch: 1, time: 1, input: 2, units: 0 },
];
