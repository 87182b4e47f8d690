import { type Draw, type Mix, mixes, type NumberType, summable } from '../draw.ts';
import type { Call, Entry } from '../entry.ts';
import { output } from './elementwise.ts';
import { indicesOf, offsetOf } from './offsets.ts';

interface Reduction extends Partial<Entry> {
  /** What becomes of the entries that meet in one of the output. */
  readonly f: (values: readonly number[]) => number;
  readonly dtypes: readonly NumberType[];
  readonly out?: NumberType;
  readonly mixes: readonly Mix[];
  /** Name of the attribute with the axes. */
  readonly axes?: string;
  /** Whether something may be reduced that has no entries. */
  readonly ofNothing?: boolean;
}

/** The entries of the input that meet in each entry of the output. */
function grouped(call: Call, axes: readonly number[], keepDims: boolean): [number[], number[][]] {
  const { shape, values } = call.inputs['x']!;
  const kept = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const groups: number[][] = Array.from({ length: kept.reduce((a, b) => a * b, 1) }, () => []);
  values.forEach((value, offset) => {
    const indices = indicesOf(offset, shape).map((index, axis) =>
      axes.includes(axis) ? 0 : index,
    );
    groups[offsetOf(indices, kept)]!.push(value);
  });
  return [keepDims ? kept : shape.filter((_, axis) => !axes.includes(axis)), groups];
}

const shapeFor = (draw: Draw, ofNothing: boolean): number[] => {
  const shape = draw.shape(draw.int(1, 4));
  return ofNothing ? shape : shape.map((size) => Math.max(1, size));
};

function reduction(kernel: string, entry: Reduction): Entry {
  const { f, dtypes, out, mixes: given, axes: name = 'axis', ofNothing = false, ...rest } = entry;
  return {
    kernel,
    calls: 90,
    make: (draw) => {
      const shape = shapeFor(draw, ofNothing);
      const chosen = shape.map((_, axis) => axis).filter(() => draw.chance(0.5));
      const axes = chosen.length > 0 ? chosen : [draw.int(0, shape.length - 1)];
      const x = draw.input(shape, draw.pick(dtypes), draw.pick(given));
      return { inputs: { x }, attrs: { [name]: axes, keepDims: draw.chance(0.4) } };
    },
    expected: (call) => {
      const axes = call.attrs![name] as number[];
      const [shape, groups] = grouped(call, axes, call.attrs!['keepDims'] as boolean);
      return [output(shape, groups.map(f), out ?? call.inputs['x']!.dtype)];
    },
    ...rest,
  };
}

const total = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0);
const numeric = ['float32', 'int32'] as const;

/** An argument of a maximum: of several the first. With NaN among them there is none that all agree on. */
const argMax: Entry = {
  kernel: 'ArgMax',
  make: (draw) => {
    const shape = shapeFor(draw, false);
    const mix = draw.pick(['plain', 'ties', 'negative'] as const);
    const x = draw.input(shape, draw.pick(numeric), mix);
    return { inputs: { x }, attrs: { axis: draw.int(0, shape.length - 1) } };
  },
  expected: (call) => {
    const [shape, groups] = grouped(call, [call.attrs!['axis'] as number], false);
    const winners = groups.map((values) => values.indexOf(Math.max(...values)));
    return [output(shape, winners, 'int32')];
  },
};

/** Kernels that make one entry of several. */
export const reductions: readonly Entry[] = [
  reduction('Sum', {
    f: total,
    dtypes: numeric,
    mixes: summable,
    ofNothing: true,
    gradients: ['x'],
    rtol: 1e-5,
    atol: 1e-5,
  }),
  reduction('Mean', {
    f: (values) => total(values) / values.length,
    dtypes: ['float32', 'int32', 'bool'],
    out: 'float32',
    mixes: summable,
    gradients: ['x'],
    rtol: 1e-5,
    atol: 1e-5,
  }),
  reduction('Max', {
    f: (values) => Math.max(...values),
    dtypes: numeric,
    mixes,
    axes: 'reductionIndices',
    gradients: ['x'],
  }),
  reduction('Min', {
    f: (values) => Math.min(...values),
    dtypes: numeric,
    mixes,
    gradients: ['x'],
  }),
  reduction('All', { f: (values) => Math.min(...values), dtypes: ['bool'], mixes: ['plain'] }),
  reduction('Any', { f: (values) => Math.max(...values), dtypes: ['bool'], mixes: ['plain'] }),
  argMax,
];
