// Windows that slide over the axes between the batch and the channels: what pooling and convolution are made of.
import { filled, indicesOf } from './offsets.ts';

/** Windows of one call, for any number of axes. */
export interface Windows {
  /** Sizes of the input along the axes. */
  readonly input: readonly number[];
  /** Sizes of a window. */
  readonly window: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Whether the input is padded so that every `strides`-th entry starts a window (else windows lie inside it). */
  readonly same: boolean;
}

/** How many windows there are along each axis. */
export function windowCounts({ input, window, strides, dilations, same }: Windows): number[] {
  return input.map((size, axis) => {
    const extent = (window[axis]! - 1) * dilations[axis]! + 1;
    const room = same ? size : size - extent + 1;
    return Math.max(0, Math.ceil(room / strides[axis]!));
  });
}

/** Entries of padding before the input, along each axis. */
function padding(windows: Windows): number[] {
  const { input, window, strides, dilations, same } = windows;
  return windowCounts(windows).map((count, axis) => {
    const extent = (window[axis]! - 1) * dilations[axis]! + 1;
    const reach = (count - 1) * strides[axis]! + extent;
    const missing = reach - input[axis]!;
    // Where nothing is missing TensorFlow.js shifts the windows of volumes all the same, on every backend.
    return same ? Math.floor((input.length === 3 ? missing : Math.max(0, missing)) / 2) : 0;
  });
}

/** Calls `visit` for each window and each of its taps that lies inside the input. */
export function eachTap(
  windows: Windows,
  visit: (window: readonly number[], tap: readonly number[], input: readonly number[]) => void,
): void {
  const before = padding(windows);
  const { input, window, strides, dilations } = windows;
  filled(windowCounts(windows), () => 0).forEach((_, offset) => {
    const at = indicesOf(offset, windowCounts(windows));
    filled(window, () => 0).forEach((__, tapPlace) => {
      const tap = indicesOf(tapPlace, window);
      const from = tap.map(
        (t, axis) => at[axis]! * strides[axis]! + t * dilations[axis]! - before[axis]!,
      );
      if (from.every((index, axis) => index >= 0 && index < input[axis]!)) visit(at, tap, from);
    });
  });
}
