import type { Tensor } from '@tensorflow/tfjs-core';
import { maxAbsDifference } from '../difference.ts';

/** What {@link verify} measured. */
export interface Verification {
  /** Largest absolute difference between the two outputs; NaN if either holds a NaN. */
  readonly maxAbsDifference: number;
  /** Values compared. */
  readonly values: number;
}

/**
 * Runs a network before and after pruning on whatever input the two functions close over and states the largest
 * difference of their outputs. Disposes both outputs.
 */
export async function verify(
  before: () => Tensor | Promise<Tensor>,
  after: () => Tensor | Promise<Tensor>,
): Promise<Verification> {
  const read = async (run: () => Tensor | Promise<Tensor>): Promise<Float32Array> => {
    const output = await run();
    const data = Float32Array.from(await output.data<'float32'>());
    output.dispose();
    return data;
  };
  const expected = await read(before);
  const found = await read(after);
  return { maxAbsDifference: maxAbsDifference(expected, found), values: expected.length };
}
