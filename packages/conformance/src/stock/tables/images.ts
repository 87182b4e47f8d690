import { type Draw, mixes } from '../draw.ts';
import type { Call, Entry } from '../entry.ts';
import { output } from './elementwise.ts';
import { filled, offsetOf } from './offsets.ts';

const close = { rtol: 1e-5, atol: 1e-5 };

interface Resize {
  readonly size: [number, number];
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

function resized(draw: Draw): { shape: number[]; attrs: Resize } {
  const shape = [draw.int(1, 2), draw.int(1, 6), draw.int(1, 6), draw.pick([1, 2, 3])];
  const [alignCorners, halfPixelCenters] = draw.pick([
    [false, false],
    [true, false],
    [false, true],
  ]);
  return {
    shape,
    attrs: {
      size: [draw.int(1, 9), draw.int(1, 9)],
      alignCorners: alignCorners!,
      halfPixelCenters: halfPixelCenters!,
    },
  };
}

/** The weights of the input's rows (or columns) in one of the output's. */
function linear(at: number, from: number, to: number, resize: Resize): [number, number][] {
  const scale = resize.alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
  const offset = resize.halfPixelCenters ? (at + 0.5) * scale - 0.5 : at * scale;
  const low = Math.max(0, Math.floor(offset));
  const high = Math.min(from - 1, Math.ceil(offset));
  const part = offset - Math.floor(offset);
  return [
    [low, 1 - part],
    [high, part],
  ];
}

function nearest(at: number, from: number, to: number, resize: Resize): [number, number][] {
  const scale = resize.alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
  const offset = resize.halfPixelCenters ? (at + 0.5) * scale : at * scale;
  const row = resize.alignCorners ? Math.round(offset) : Math.floor(offset);
  return [[Math.min(from - 1, row), 1]];
}

type Weights = typeof linear;

/** Calls `visit` with an offset of the images, one of the resized images, and the weight of the first in the second. */
function eachWeight(
  images: readonly number[],
  out: readonly number[],
  resize: Resize,
  weights: Weights,
  visit: (image: number, out: number, weight: number) => void,
): void {
  filled(out, ([image, y, x, channel]: readonly number[]) => {
    const to = offsetOf([image!, y!, x!, channel!], out);
    for (const [row, down] of weights(y!, images[1]!, out[1]!, resize)) {
      for (const [column, across] of weights(x!, images[2]!, out[2]!, resize)) {
        visit(offsetOf([image!, row, column, channel!], images), to, down * across);
      }
    }
    return 0;
  });
}

const outOf = (shape: readonly number[], { size }: Resize): number[] => [
  shape[0]!,
  ...size,
  shape[3]!,
];

function resize(kernel: string, weights: Weights): Entry {
  return {
    kernel,
    make: (draw) => {
      const { shape, attrs } = resized(draw);
      const images = draw.input(shape, 'float32', draw.pick(['plain', 'ties', 'negative']));
      return { inputs: { images }, attrs: { ...attrs } };
    },
    expected: ({ inputs, attrs }: Call) => {
      const { shape, values } = inputs['images']!;
      const out = outOf(shape, attrs as unknown as Resize);
      const sums = filled(out, () => 0);
      eachWeight(shape, out, attrs as unknown as Resize, weights, (from, to, weight) => {
        sums[to]! += weight * values[from]!;
      });
      return [output(out, sums, 'float32')];
    },
    ...close,
  };
}

function resizeGrad(kernel: string, weights: Weights): Entry {
  return {
    kernel,
    make: (draw) => {
      const { shape, attrs } = resized(draw);
      const inputs = {
        images: draw.input(shape, 'float32'),
        dy: draw.input(outOf(shape, attrs), 'float32', draw.pick(['plain', 'ties'])),
      };
      // The gradient of centred pixels is refused by TensorFlow.js.
      return { inputs, attrs: { alignCorners: attrs.alignCorners } };
    },
    expected: ({ inputs, attrs }: Call) => {
      const [{ shape }, dy] = [inputs['images']!, inputs['dy']!];
      const resize = { ...(attrs as unknown as Resize), halfPixelCenters: false };
      const sums = filled(shape, () => 0);
      eachWeight(shape, dy.shape, resize, weights, (to, from, weight) => {
        sums[to]! += weight * dy.values[from]!;
      });
      return [output(shape, sums, 'float32')];
    },
    ...close,
  };
}

const cropAndResize: Entry = {
  kernel: 'CropAndResize',
  make: (draw) => {
    const shape = [draw.int(1, 3), draw.int(2, 6), draw.int(2, 6), draw.pick([1, 3])];
    const boxes = draw.int(1, 3);
    const corner = (): number => Math.fround(draw.unit() * 1.4 - 0.2);
    return {
      inputs: {
        image: draw.input(shape, 'float32', draw.pick(mixes.slice(0, 3))),
        boxes: {
          shape: [boxes, 4],
          dtype: 'float32',
          values: Array.from({ length: boxes * 4 }, corner),
        },
        boxInd: {
          shape: [boxes],
          dtype: 'int32',
          values: Array.from({ length: boxes }, () => draw.int(0, shape[0]! - 1)),
        },
      },
      attrs: {
        cropSize: [draw.int(1, 5), draw.int(1, 5)],
        method: draw.pick(['bilinear', 'nearest'] as const),
        extrapolationValue: draw.pick([0, -2]),
      },
    };
  },
  ...close,
};

/** Images made larger, smaller or cut out. */
export const images: readonly Entry[] = [
  resize('ResizeBilinear', linear),
  resizeGrad('ResizeBilinearGrad', linear),
  resize('ResizeNearestNeighbor', nearest),
  resizeGrad('ResizeNearestNeighborGrad', nearest),
  cropAndResize,
];
