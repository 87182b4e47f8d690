import type { Draw, Input, NumberType } from '../draw.ts';
import { mixes } from '../draw.ts';
import type { Call, Entry } from '../entry.ts';
import { listed, output } from './elementwise.ts';
import { filled, indicesOf, offsetOf } from './offsets.ts';

const every = ['float32', 'int32', 'bool'] as const;

/** A tensor of some rank, type and mix. */
const some = (
  draw: Draw,
  least: number,
  most: number,
  dtypes: readonly NumberType[] = every,
): Input => draw.input(draw.shape(draw.int(least, most)), draw.pick(dtypes), draw.pick(mixes));

/** A kernel that moves entries: each of its output's comes from one offset of `x`, or is a constant. */
interface Move {
  readonly input?: string;
  readonly make: (draw: Draw) => Call;
  readonly shape: (call: Call, x: Input) => readonly number[];
  /** From the indices of an entry of the output those of the input's, or a number that stands there. */
  readonly from: (at: readonly number[], call: Call, x: Input) => readonly number[] | number;
  readonly gradients?: readonly string[];
}

function moving(
  kernel: string,
  { input = 'x', make, shape, from, gradients = [input] }: Move,
): Entry {
  return {
    kernel,
    make,
    expected: (call) => {
      const x = call.inputs[input]!;
      const out = shape(call, x);
      const values = filled(out, (at) => {
        const offset = from(at, call, x);
        return typeof offset === 'number' ? offset : x.values[offsetOf(offset, x.shape)]!;
      });
      return [output(out, values, x.dtype)];
    },
    gradients,
    zeroSigns: true,
  };
}

const attr = <T>(call: Call, name: string): T => call.attrs![name] as T;

/** A shape of as many entries. */
function regrouped(draw: Draw, shape: readonly number[]): number[] {
  const size = shape.reduce((a, b) => a * b, 1);
  if (size === 0) return draw.chance(0.5) ? [0] : [...shape].reverse();
  const first = draw.pick([1, size, ...[2, 3, 5].filter((part) => size % part === 0)]);
  return draw.pick([[size], [first, size / first], [size / first, 1, first], [...shape].reverse()]);
}

const begins = (draw: Draw, shape: readonly number[]): { begin: number[]; size: number[] } => {
  const begin = shape.map((size) => draw.int(0, size));
  return { begin, size: shape.map((size, axis) => draw.int(0, size - begin[axis]!)) };
};

const moves: Readonly<Record<string, Move>> = {
  Reshape: {
    make: (draw) => {
      const x = some(draw, 0, 4);
      return { inputs: { x }, attrs: { shape: regrouped(draw, x.shape) } };
    },
    shape: (call) => attr(call, 'shape'),
    from: (at, call, { shape }) => indicesOf(offsetOf(at, attr(call, 'shape')), shape),
  },
  ExpandDims: {
    input: 'input',
    make: (draw) => {
      const input = some(draw, 0, 4);
      return { inputs: { input }, attrs: { dim: draw.int(0, input.shape.length) } };
    },
    shape: (call, { shape }) => [...shape].toSpliced(attr(call, 'dim'), 0, 1),
    from: (at, call) => [...at].toSpliced(attr(call, 'dim'), 1),
  },
  Transpose: {
    make: (draw) => {
      const x = some(draw, 1, 5);
      const perm = x.shape.map((_, axis) => ({ axis, order: draw.unit() }));
      perm.sort((a, b) => a.order - b.order);
      return { inputs: { x }, attrs: { perm: perm.map(({ axis }) => axis) } };
    },
    shape: (call, { shape }) => attr<number[]>(call, 'perm').map((axis) => shape[axis]!),
    from: (at, call) => {
      const perm = attr<number[]>(call, 'perm');
      return perm.map((_, axis) => at[perm.indexOf(axis)]!);
    },
  },
  Slice: {
    make: (draw) => {
      const x = some(draw, 1, 5);
      return { inputs: { x }, attrs: begins(draw, x.shape) };
    },
    shape: (call) => attr(call, 'size'),
    from: (at, call) => at.map((index, axis) => index + attr<number[]>(call, 'begin')[axis]!),
  },
  // Of whole numbers that of wasm makes floats; only floats reach it.
  StridedSlice: {
    make: (draw) => {
      const x = some(draw, 1, 4, ['float32']);
      const shape = x.shape.map((size) => Math.max(1, size));
      const begin = shape.map((size) => draw.int(0, size - 1));
      return {
        inputs: { x: draw.input(shape, x.dtype, draw.pick(mixes)) },
        attrs: {
          begin,
          end: shape.map((size, axis) => draw.int(begin[axis]! + 1, size)),
          strides: shape.map(() => draw.int(1, 3)),
          beginMask: 0,
          endMask: 0,
          ellipsisMask: 0,
          newAxisMask: 0,
          shrinkAxisMask: 0,
        },
      };
    },
    shape: (call) => {
      const [begin, end, strides] = ['begin', 'end', 'strides'].map((name) =>
        attr<number[]>(call, name),
      );
      return begin!.map((first, axis) => Math.ceil((end![axis]! - first) / strides![axis]!));
    },
    from: (at, call) =>
      at.map((index, axis) => {
        return (
          attr<number[]>(call, 'begin')[axis]! + index * attr<number[]>(call, 'strides')[axis]!
        );
      }),
    gradients: [],
  },
  Reverse: {
    make: (draw) => {
      const x = some(draw, 1, 4);
      return {
        inputs: { x },
        attrs: { dims: x.shape.map((_, axis) => axis).filter(() => draw.chance(0.5)) },
      };
    },
    shape: (_, { shape }) => shape,
    from: (at, call, { shape }) => {
      const dims = attr<number[]>(call, 'dims');
      return at.map((index, axis) => (dims.includes(axis) ? shape[axis]! - 1 - index : index));
    },
  },
  Tile: {
    make: (draw) => {
      const x = some(draw, 1, 4);
      return { inputs: { x }, attrs: { reps: x.shape.map(() => draw.int(1, 3)) } };
    },
    shape: (call, { shape }) =>
      shape.map((size, axis) => size * attr<number[]>(call, 'reps')[axis]!),
    from: (at, _, { shape }) => at.map((index, axis) => index % shape[axis]!),
  },
  PadV2: {
    make: (draw) => {
      const x = some(draw, 1, 5);
      const paddings = x.shape.map(() => [draw.int(0, 2), draw.int(0, 2)]);
      const constantValue = x.dtype === 'bool' ? draw.int(0, 1) : draw.pick([0, 0, 3, -1]);
      return { inputs: { x }, attrs: { paddings, constantValue } };
    },
    shape: (call, { shape }) =>
      shape.map((size, axis) => {
        const [before, after] = attr<[number, number][]>(call, 'paddings')[axis]!;
        return before + size + after;
      }),
    from: (at, call, { shape }) => {
      const inside = at.map(
        (index, axis) => index - attr<[number, number][]>(call, 'paddings')[axis]![0],
      );
      const outside = inside.some((index, axis) => index < 0 || index >= shape[axis]!);
      return outside ? attr<number>(call, 'constantValue') : inside;
    },
  },
};

/** Tensors of one shape but for one axis. */
function parts(draw: Draw, same: boolean): { inputs: Record<string, Input>; axis: number } {
  const shape = draw.shape(draw.int(1, 4));
  const axis = draw.int(0, shape.length - 1);
  const dtype = draw.pick(every);
  const count = draw.int(1, 4);
  const list = Array.from({ length: count }, () =>
    draw.input(same ? shape : shape.with(axis, draw.int(0, 4)), dtype, draw.pick(mixes)),
  );
  return { inputs: Object.fromEntries(list.entries()), axis };
}

const concat: Entry = {
  kernel: 'Concat',
  make: (draw) => {
    const { inputs, axis } = parts(draw, false);
    return { inputs, attrs: { axis } };
  },
  expected: (call) => {
    const list = listed(call);
    const axis = attr<number>(call, 'axis');
    const sizes = list.map(({ shape }) => shape[axis]!);
    const shape = list[0]!.shape.with(
      axis,
      sizes.reduce((a, b) => a + b, 0),
    );
    const values = filled(shape, (at) => {
      let [index, part] = [at[axis]!, 0];
      while (index >= sizes[part]!) index -= sizes[part++]!;
      const { shape: outShape, values } = list[part]!;
      return values[offsetOf(at.with(axis, index), outShape)]!;
    });
    return [output(shape, values, list[0]!.dtype)];
  },
  gradients: ['0'],
  zeroSigns: true,
};

const pack: Entry = {
  kernel: 'Pack',
  make: (draw) => {
    const { inputs, axis } = parts(draw, true);
    return { inputs, attrs: { axis } };
  },
  expected: (call) => {
    const list = listed(call);
    const axis = attr<number>(call, 'axis');
    const { shape: outShape, dtype } = list[0]!;
    const shape = outShape.toSpliced(axis, 0, list.length);
    const values = filled(
      shape,
      (at) => list[at[axis]!]!.values[offsetOf(at.toSpliced(axis, 1), outShape)]!,
    );
    return [output(shape, values, dtype)];
  },
  gradients: ['0'],
  zeroSigns: true,
};

const splitV: Entry = {
  kernel: 'SplitV',
  make: (draw) => {
    const x = some(draw, 1, 4);
    const axis = draw.int(0, x.shape.length - 1);
    const sizes: number[] = [];
    for (let left = x.shape[axis]!; left > 0; left -= sizes.at(-1)!) sizes.push(draw.int(1, left));
    return { inputs: { x }, attrs: { numOrSizeSplits: sizes.length > 0 ? sizes : [0], axis } };
  },
  expected: (call) => {
    const { shape, values, dtype } = call.inputs['x']!;
    const axis = attr<number>(call, 'axis');
    let before = 0;
    return attr<number[]>(call, 'numOrSizeSplits').map((size) => {
      const outShape = shape.with(axis, size);
      const start = before;
      before += size;
      const part = filled(
        outShape,
        (at) => values[offsetOf(at.with(axis, at[axis]! + start), shape)]!,
      );
      return output(outShape, part, dtype);
    });
  },
  gradients: ['x'],
  // Of a single part TensorFlow.js finds no gradient, on any backend; so below.
  hasGradient: ({ attrs }) => (attrs!['numOrSizeSplits'] as number[]).length > 1,
  zeroSigns: true,
};

const unpack: Entry = {
  kernel: 'Unpack',
  make: (draw) => {
    const value = some(draw, 1, 4);
    return { inputs: { value }, attrs: { axis: draw.int(0, value.shape.length - 1) } };
  },
  expected: (call) => {
    const { shape, values, dtype } = call.inputs['value']!;
    const axis = attr<number>(call, 'axis');
    const outShape = shape.toSpliced(axis, 1);
    return Array.from({ length: shape[axis]! }, (_, k) =>
      output(
        outShape,
        filled(outShape, (at) => values[offsetOf(at.toSpliced(axis, 0, k), shape)]!),
        dtype,
      ),
    );
  },
  gradients: ['value'],
  hasGradient: ({ inputs, attrs }) => inputs['value']!.shape[attrs!['axis'] as number]! > 1,
  zeroSigns: true,
};

/** Kernels that move entries and compute nothing. */
export const shapes: readonly Entry[] = [
  ...Object.entries(moves).map(([kernel, move]) => moving(kernel, move)),
  concat,
  pack,
  splitV,
  unpack,
];
