import { GroupError } from '@secateur/groups';
import { PrunerError } from '@secateur/pruner';
import {
  OnnxError,
  pruneOnnx,
  verifyOnnx,
  type OnnxRuntime,
  type PrunedOnnx,
} from '../../src/index.ts';

/** What became of a file that was changed. */
export type Outcome =
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'pruned'; readonly difference: number | undefined }
  | { readonly kind: 'stopped'; readonly message: string };

/**
 * Prunes a file that may be damaged. An error of ours is a right answer, and so is a smaller file that computes the same; whether
 * it does is asked where the runtime runs the file itself; that it does not run the smaller one is told. Anything else throws.
 */
export async function attempt(
  bytes: Uint8Array,
  runtime: OnnxRuntime | undefined,
): Promise<Outcome> {
  let pruned: PrunedOnnx;
  try {
    pruned = pruneOnnx(bytes, { states: 'resize' });
  } catch (error) {
    if (error instanceof OnnxError || error instanceof PrunerError || error instanceof GroupError) {
      return { kind: 'refused', message: error.message };
    }
    throw error;
  }
  if (runtime === undefined || !pruned.exact || !(await runs(bytes, runtime))) {
    return { kind: 'pruned', difference: undefined };
  }
  let maxAbsDifference: number;
  try {
    ({ maxAbsDifference } = await verifyOnnx(bytes, pruned.bytes, { runtime, rounds: 1 }));
  } catch (error) {
    // The runtime overlooks some lies in one file that it finds in the next, such as a wrong type beside a name.
    return { kind: 'stopped', message: String(error) };
  }
  if (maxAbsDifference > 1e-5) {
    throw new Error(
      `expected the same outputs of the pruned file, found a difference of ${maxAbsDifference}`,
    );
  }
  return { kind: 'pruned', difference: maxAbsDifference };
}

async function runs(bytes: Uint8Array, runtime: OnnxRuntime): Promise<boolean> {
  try {
    await verifyOnnx(bytes, bytes, { runtime, rounds: 1 });
    return true;
  } catch {
    return false;
  }
}
