import {
  gather,
  reshape,
  tidy,
  type Rank,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { readsAtOnce } from '@secateur/backend/kernels';
import { checkTensor } from './check.ts';
import { tensorsError } from './error.ts';

/**
 * Looks up one row of `table` `[vocab, width]` for each of `ids` `[batch, time]` int32 and returns
 * `[batch, time, width]`. On cpu, wasm and node an id outside of `0 .. vocab - 1` is a {@link CellError}; WebGPU does not
 * check ids, as reading them would stall the device.
 *
 * @example
 * ```ts
 * import { tensor2d, tidy } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { embedding } from '@secateur/cells';
 *
 * await useBackend('cpu');
 *
 * const rows = tidy(() => {
 *   const table = tensor2d([1, 2, 3, 4, 5, 6], [3, 2]); // three words
 *   return embedding(tensor2d([[2, 0]], [1, 2], 'int32'), table).arraySync();
 * });
 * rows; // => [[[5, 6], [1, 2]]]
 * ```
 */
export function embedding(ids: Tensor2D, table: Tensor2D): Tensor3D {
  checkTensor('embedding', 'ids', ids, 'int32', ['batch', 'time']);
  checkTensor('embedding', 'table', table, 'float32', ['vocab', 'width']);
  const [vocab, width] = table.shape;
  if (readsAtOnce()) {
    const wrong = ids.dataSync<'int32'>().find((id) => id < 0 || id >= vocab);
    if (wrong !== undefined) {
      throw tensorsError(
        `embedding: expected ids from 0 to ${vocab - 1}, found ${wrong}; check that the vocabulary has as many words as the table has rows.`,
      );
    }
  }
  return tidy(() => {
    const rows = gather(table, reshape(ids, [ids.size]));
    return reshape<Rank.R3>(rows, [ids.shape[0], ids.shape[1], width]);
  });
}
