import type { TensorArray } from './array-backend.ts';
import { eachWindow, type Windows } from './windows.ts';

/**
 * The maximum of each window and channel into `out [..., channels]`; NaN where the window has one, so that no layer hides
 * that a network is lost.
 */
export function maxPool(x: TensorArray, windows: Windows, out: TensorArray): void {
  const { channels, input } = windows;
  eachWindow(windows, (window, first, depth, height, width) => {
    const to = window * channels;
    out.fill(out instanceof Float32Array ? -Infinity : -2147483648, to, to + channels);
    for (let z = 0; z < depth; z++) {
      for (let y = 0; y < height; y++) {
        const row = first + (z * input[1] + y) * input[2];
        for (let from = row * channels; from < (row + width) * channels; from += channels) {
          for (let c = 0; c < channels; c++) {
            const value = x[from + c]!;
            // A NaN replaces what is there, and nothing is greater than a NaN.
            if (value > out[to + c]! || value !== value) out[to + c] = value;
          }
        }
      }
    }
  });
}

/**
 * Adds each number of `dy [..., channels]` to the place of its window's maximum in `dx`, which holds zeros: of several
 * maxima to the first, and to the first NaN where there is one.
 */
export function maxPoolGrad(
  x: TensorArray,
  dy: TensorArray,
  windows: Windows,
  dx: TensorArray,
): void {
  const { channels, input } = windows;
  const most = new Float64Array(channels);
  const positions = new Int32Array(channels);
  eachWindow(windows, (window, first, depth, height, width) => {
    if (depth <= 0 || height <= 0 || width <= 0) return;
    for (let c = 0; c < channels; c++) {
      most[c] = x[first * channels + c]!;
      positions[c] = first * channels + c;
    }
    for (let z = 0; z < depth; z++) {
      for (let y = 0; y < height; y++) {
        const row = first + (z * input[1] + y) * input[2];
        for (let from = row * channels; from < (row + width) * channels; from += channels) {
          for (let c = 0; c < channels; c++) {
            const value = x[from + c]!;
            if (value > most[c]! || (value !== value && most[c] === most[c])) {
              most[c] = value;
              positions[c] = from + c;
            }
          }
        }
      }
    }
    const at = window * channels;
    for (let c = 0; c < channels; c++) dx[positions[c]!]! += dy[at + c]!;
  });
}
