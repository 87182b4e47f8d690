import { backend_util } from '@tensorflow/tfjs-core';

/** What the gradient of a convolution is told of it. */
export interface ConvolutionAttributes {
  readonly strides: number | number[];
  readonly pad: 'valid' | 'same' | number;
  readonly dilations?: number | number[];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

type Triple = readonly [depth: number, height: number, width: number];

/** Where a filter lies on its input, along depth, height and width. */
export interface ConvolutionTaps {
  readonly batch: number;
  readonly input: Triple;
  readonly output: Triple;
  readonly taps: Triple;
  readonly strides: Triple;
  readonly dilations: Triple;
  /** Entries of padding before the input. */
  readonly before: Triple;
}

/** Finds it for images, `x [batch, height, width, channels]`, or volumes, which have a depth too. */
export function convolutionTaps(
  x: readonly number[],
  filter: readonly number[],
  { strides, pad, dilations = 1, dimRoundingMode }: ConvolutionAttributes,
  perChannel: boolean,
): ConvolutionTaps {
  if (x.length === 5) {
    const info = backend_util.computeConv3DInfo(
      x as [number, number, number, number, number],
      filter as [number, number, number, number, number],
      strides as number,
      dilations as number,
      pad as 'valid' | 'same',
    );
    return {
      batch: info.batchSize,
      input: [info.inDepth, info.inHeight, info.inWidth],
      output: [info.outDepth, info.outHeight, info.outWidth],
      taps: [info.filterDepth, info.filterHeight, info.filterWidth],
      strides: [info.strideDepth, info.strideHeight, info.strideWidth],
      dilations: [info.dilationDepth, info.dilationHeight, info.dilationWidth],
      before: [info.padInfo.front, info.padInfo.top, info.padInfo.left],
    };
  }
  const info = backend_util.computeConv2DInfo(
    x as [number, number, number, number],
    filter as [number, number, number, number],
    strides as number,
    dilations as number,
    pad,
    dimRoundingMode,
    perChannel,
  );
  return {
    batch: info.batchSize,
    input: [1, info.inHeight, info.inWidth],
    output: [1, info.outHeight, info.outWidth],
    taps: [1, info.filterHeight, info.filterWidth],
    strides: [1, info.strideHeight, info.strideWidth],
    dilations: [1, info.dilationHeight, info.dilationWidth],
    before: [0, info.padInfo.top, info.padInfo.left],
  };
}

/**
 * Calls `visit` for each position of the output and each tap of the filter that meets the input there, with the places of
 * output, tap and input; places count positions, not channels.
 */
export function eachTap(
  { batch, input, output, taps, strides, dilations, before }: ConvolutionTaps,
  visit: (y: number, tap: number, x: number) => void,
): void {
  let y = 0;
  for (let image = 0; image < batch; image++) {
    for (let d = 0; d < output[0]; d++) {
      for (let h = 0; h < output[1]; h++) {
        for (let w = 0; w < output[2]; w++, y++) {
          let tap = 0;
          for (let i = 0; i < taps[0]; i++) {
            const depth = d * strides[0] + i * dilations[0] - before[0];
            for (let j = 0; j < taps[1]; j++) {
              const row = h * strides[1] + j * dilations[1] - before[1];
              const inside = depth >= 0 && depth < input[0] && row >= 0 && row < input[1];
              const first = ((image * input[0] + depth) * input[1] + row) * input[2];
              for (let k = 0; k < taps[2]; k++, tap++) {
                const column = w * strides[2] + k * dilations[2] - before[2];
                if (inside && column >= 0 && column < input[2]) visit(y, tap, first + column);
              }
            }
          }
        }
      }
    }
  }
}
