import { backend_util } from '@tensorflow/tfjs-core';

/** What a pooling says of its windows, for images `[batch, height, width, channels]` or volumes with a depth before. */
export interface PoolAttributes {
  readonly filterSize: number | readonly number[];
  readonly strides: number | readonly number[];
  readonly pad: 'valid' | 'same' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Windows over a tensor with the channels last, read as `[batch, depth, height, width, channels]`. */
export interface Windows {
  readonly batch: number;
  readonly channels: number;
  /** Sizes of the input along depth, height and width. */
  readonly input: readonly [number, number, number];
  /** How many windows there are along each. */
  readonly output: readonly [number, number, number];
  /** Sizes of a window. */
  readonly size: readonly [number, number, number];
  readonly strides: readonly [number, number, number];
  /** Entries of padding before the input. */
  readonly before: readonly [number, number, number];
  /** Shape of the output, of the input's rank. */
  readonly outShape: number[];
}

/**
 * Finds the windows of a pooling over a tensor of rank 4 or 5.
 *
 * @example
 * ```ts
 * import { poolWindows } from '@secateur/backend/kernels';
 *
 * const windows = poolWindows([1, 5, 5, 3], { filterSize: 3, strides: 2, pad: 'same' });
 * windows.outShape; // => [1, 3, 3, 3]
 * // Depth, height and width: an image has a depth of 1.
 * windows.size; // => [1, 3, 3]
 * windows.before; // => [0, 1, 1]
 * ```
 */
export function poolWindows(shape: readonly number[], attributes: PoolAttributes): Windows {
  const { filterSize, strides, pad, dimRoundingMode } = attributes;
  if (shape.length === 5) {
    const info = backend_util.computePool3DInfo(
      [...shape] as [number, number, number, number, number],
      filterSize as number,
      strides as number,
      1,
      pad,
      dimRoundingMode,
    );
    return {
      batch: info.batchSize,
      channels: info.inChannels,
      input: [info.inDepth, info.inHeight, info.inWidth],
      output: [info.outDepth, info.outHeight, info.outWidth],
      size: [info.filterDepth, info.filterHeight, info.filterWidth],
      strides: [info.strideDepth, info.strideHeight, info.strideWidth],
      before: [info.padInfo.front, info.padInfo.top, info.padInfo.left],
      outShape: info.outShape,
    };
  }
  const info = backend_util.computePool2DInfo(
    [...shape] as [number, number, number, number],
    filterSize as number,
    strides as number,
    1,
    pad,
    dimRoundingMode,
  );
  return {
    batch: info.batchSize,
    channels: info.inChannels,
    input: [1, info.inHeight, info.inWidth],
    output: [1, info.outHeight, info.outWidth],
    size: [1, info.filterHeight, info.filterWidth],
    strides: [1, info.strideHeight, info.strideWidth],
    before: [0, info.padInfo.top, info.padInfo.left],
    outShape: info.outShape,
  };
}

/**
 * Calls `visit` for each window in order: with its place among the windows, where its first tap lies in the input, and
 * how many taps of it lie inside, along depth, height and width. Places count positions, each of `channels` numbers.
 */
export function eachWindow(
  { batch, input, output, size, strides, before }: Windows,
  visit: (window: number, first: number, depth: number, height: number, width: number) => void,
): void {
  const [inDepth, inHeight, inWidth] = input;
  let window = 0;
  for (let image = 0; image < batch; image++) {
    for (let z = 0; z < output[0]; z++) {
      const front = z * strides[0] - before[0];
      const fromZ = Math.max(0, front);
      const depth = Math.min(inDepth, front + size[0]) - fromZ;
      for (let y = 0; y < output[1]; y++) {
        const top = y * strides[1] - before[1];
        const fromY = Math.max(0, top);
        const height = Math.min(inHeight, top + size[1]) - fromY;
        for (let x = 0; x < output[2]; x++) {
          const left = x * strides[2] - before[2];
          const fromX = Math.max(0, left);
          const width = Math.min(inWidth, left + size[2]) - fromX;
          const first = ((image * inDepth + fromZ) * inHeight + fromY) * inWidth + fromX;
          visit(window++, first, depth, height, width);
        }
      }
    }
  }
}
