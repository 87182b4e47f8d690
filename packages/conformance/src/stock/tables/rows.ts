import { mixes, type NumberType, summable } from '../draw.ts';
import type { Entry } from '../entry.ts';
import { output } from './elementwise.ts';
import { filled, offsetOf } from './offsets.ts';

const gather: Entry = {
  kernel: 'GatherV2',
  make: (draw) => {
    const shape = draw.shape(draw.int(1, 4)).map((size) => Math.max(1, size));
    const axis = draw.int(0, shape.length - 1);
    const indices = draw.shape(draw.int(0, 2));
    const count = indices.reduce((a, b) => a * b, 1);
    const values = Array.from({ length: count }, () => draw.int(0, shape[axis]! - 1));
    return {
      inputs: {
        x: draw.input(shape, draw.pick(['float32', 'int32', 'bool'] as const), draw.pick(mixes)),
        indices: { shape: indices, dtype: 'int32', values },
      },
      attrs: { axis, batchDims: 0 },
    };
  },
  expected: ({ inputs, attrs }) => {
    const [x, ids] = [inputs['x']!, inputs['indices']!];
    const axis = attrs!['axis'] as number;
    const rank = ids.shape.length;
    const shape = [...x.shape.slice(0, axis), ...ids.shape, ...x.shape.slice(axis + 1)];
    const values = filled(shape, (at) => {
      const id = ids.values[offsetOf(at.slice(axis, axis + rank), ids.shape)]!;
      return x.values[offsetOf([...at.slice(0, axis), id, ...at.slice(axis + rank)], x.shape)]!;
    });
    return [output(shape, values, x.dtype)];
  },
  gradients: ['x'],
  zeroSigns: true,
};

const segmentSum: Entry = {
  kernel: 'UnsortedSegmentSum',
  make: (draw) => {
    const shape = draw.shape(draw.int(1, 3));
    const numSegments = draw.int(1, 5);
    const values = Array.from({ length: shape[0]! }, () => draw.int(-1, numSegments - 1));
    return {
      inputs: {
        x: draw.input(shape, draw.pick(['float32', 'int32'] as const), draw.pick(summable)),
        segmentIds: { shape: [shape[0]!], dtype: 'int32', values },
      },
      attrs: { numSegments },
    };
  },
  expected: ({ inputs, attrs }) => {
    const [x, ids] = [inputs['x']!, inputs['segmentIds']!];
    const shape = [attrs!['numSegments'] as number, ...x.shape.slice(1)];
    const values = filled(shape, ([segment, ...at]) =>
      ids.values.reduce(
        (sum, id, row) => (id === segment ? sum + x.values[offsetOf([row, ...at], x.shape)]! : sum),
        0,
      ),
    );
    return [output(shape, values, x.dtype)];
  },
  rtol: 1e-5,
  atol: 1e-5,
};

const oneHot: Entry = {
  kernel: 'OneHot',
  make: (draw) => {
    const depth = draw.int(1, 6);
    const shape = draw.shape(draw.int(0, 2));
    const count = shape.reduce((a, b) => a * b, 1);
    // A class that is none has no one in its row.
    const values = Array.from({ length: count }, () =>
      draw.int(draw.chance(0.2) ? -2 : 0, depth - 1),
    );
    const [onValue, offValue] = draw.pick([
      [1, 0],
      [1, 0],
      [5, -2],
    ]);
    return {
      inputs: { indices: { shape, dtype: 'int32', values } },
      attrs: { depth, onValue, offValue, dtype: draw.pick(['float32', 'int32'] as const) },
    };
  },
  expected: ({ inputs, attrs }) => {
    const { shape, values } = inputs['indices']!;
    const { depth, onValue, offValue, dtype } = attrs as Record<string, number>;
    const flags = values.flatMap((id) =>
      Array.from({ length: depth! }, (_, k) => (k === id ? onValue! : offValue!)),
    );
    return [output([...shape, depth!], flags, dtype as unknown as NumberType)];
  },
};

const fill: Entry = {
  kernel: 'Fill',
  calls: 20,
  make: (draw) => ({
    inputs: {},
    attrs: {
      shape: draw.shape(draw.int(0, 4)),
      value: draw.pick([0, 1, -3, 0.5]),
      dtype: 'float32',
    },
  }),
  expected: ({ attrs }) => {
    const shape = attrs!['shape'] as number[];
    return [
      output(
        shape,
        filled(shape, () => attrs!['value'] as number),
        'float32',
      ),
    ];
  },
};

const range: Entry = {
  kernel: 'Range',
  calls: 20,
  make: (draw) => ({
    inputs: {},
    attrs: {
      start: draw.int(-5, 5),
      stop: draw.int(5, 15),
      step: draw.pick([1, 2, 3]),
      dtype: draw.pick(['float32', 'int32'] as const),
    },
  }),
  expected: ({ attrs }) => {
    const { start, stop, step, dtype } = attrs as Record<string, number>;
    const count = Math.ceil((stop! - start!) / step!);
    const values = Array.from({ length: count }, (_, k) => start! + k * step!);
    return [output([count], values, dtype as unknown as NumberType)];
  },
};

const denseBincount: Entry = {
  kernel: 'DenseBincount',
  make: (draw) => {
    const size = draw.int(1, 7);
    const shape = Array.from({ length: draw.int(1, 2) }, () => draw.int(1, 6));
    const x = {
      shape,
      dtype: 'int32' as const,
      values: draw.input(shape, 'int32').values.map((value) => Math.abs(value) % (size + 2)),
    };
    const weights = draw.chance(0.5) ? draw.input(shape, 'float32') : draw.input([0], 'float32');
    return { inputs: { x, weights }, attrs: { size, binaryOutput: draw.chance(0.4) } };
  },
  expected: ({ inputs, attrs }) => {
    const [x, weights] = [inputs['x']!, inputs['weights']!];
    const { size, binaryOutput } = attrs as { size: number; binaryOutput: boolean };
    const rows = x.shape.length === 2 ? x.shape[0]! : 1;
    const sums = new Array<number>(rows * size).fill(0);
    x.values.forEach((value, offset) => {
      const at = Math.floor(offset / (x.values.length / rows)) * size + value;
      if (value >= size) return;
      sums[at] = binaryOutput ? 1 : sums[at]! + (weights.values[offset] ?? 1);
    });
    return [output(x.shape.length === 2 ? [rows, size] : [size], sums, 'float32')];
  },
};

/** Kernels that look rows up, or count them. */
export const rows: readonly Entry[] = [gather, segmentSum, oneHot, fill, range, denseBincount];
