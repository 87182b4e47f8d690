import type { TensorArray } from './array-backend.ts';
import { eachWindow, type Windows } from './windows.ts';

/**
 * The mean of the entries of each window and channel that lie inside the input into `out [..., channels]`.
 *
 * @example
 * ```ts
 * import { averagePool, poolWindows } from '@secateur/backend/kernels';
 *
 * const out = new Float32Array(4);
 * const windows = poolWindows([1, 2, 2, 1], { filterSize: 2, strides: 1, pad: 'same' });
 * averagePool(Float32Array.of(1, 2, 3, 4), windows, out);
 * // The second window has only 2 and 4 inside the input, the last only 4.
 * out; // => [2.5, 3, 3.5, 4]
 * ```
 */
export function averagePool(x: TensorArray, windows: Windows, out: TensorArray): void {
  const { channels, input } = windows;
  const sums = new Float64Array(channels);
  eachWindow(windows, (window, first, depth, height, width) => {
    sums.fill(0);
    for (let z = 0; z < depth; z++) {
      for (let y = 0; y < height; y++) {
        const row = first + (z * input[1] + y) * input[2];
        for (let from = row * channels; from < (row + width) * channels; from += channels) {
          for (let c = 0; c < channels; c++) sums[c]! += x[from + c]!;
        }
      }
    }
    const count = Math.max(0, depth) * Math.max(0, height) * Math.max(0, width);
    const to = window * channels;
    for (let c = 0; c < channels; c++) out[to + c] = sums[c]! / count;
  });
}

/**
 * Adds to `dx`, which holds zeros, each number of `dy [..., channels]` divided by the entries that its window has inside
 * the input: the derivative of {@link averagePool}.
 */
export function averagePoolGrad(dy: TensorArray, windows: Windows, dx: TensorArray): void {
  const { channels, input } = windows;
  eachWindow(windows, (window, first, depth, height, width) => {
    const share = 1 / (depth * height * width);
    const at = window * channels;
    for (let z = 0; z < depth; z++) {
      for (let y = 0; y < height; y++) {
        const row = first + (z * input[1] + y) * input[2];
        for (let to = row * channels; to < (row + width) * channels; to += channels) {
          for (let c = 0; c < channels; c++) dx[to + c]! += dy[at + c]! * share;
        }
      }
    }
  });
}
