import { broadcast_util } from '@tensorflow/tfjs-core';
import { sizeOf } from '@secateur/testing/numeric';
import { type Draw, type Input, type Mix, mixes, type NumberType } from '../draw.ts';
import type { Call, Entry, Output } from '../entry.ts';
import { erf } from '../erf.ts';

/** A tensor as a kernel returns it, from numbers in float64. */
export function output(shape: readonly number[], values: number[], dtype: NumberType): Output {
  // Whole numbers have no zero with a sign.
  const exact = dtype === 'float32' ? Float32Array.from(values) : values.map((x) => x + 0);
  return { shape, dtype, values: exact };
}

interface Unary extends Partial<Entry> {
  /** What the kernel computes. */
  readonly f: (x: number, attrs: Readonly<Record<string, number>>) => number;
  /** Types of the input; float32 when left out. */
  readonly dtypes?: readonly NumberType[];
  /** Type of the output; the input's when left out. */
  readonly out?: NumberType;
  readonly mixes?: readonly Mix[];
  readonly attrs?: (draw: Draw) => Record<string, number>;
  /** False where TensorFlow.js has no gradient, or one that is always zero. */
  readonly smooth?: boolean;
}

function unary(
  kernel: string,
  { f, dtypes, out, mixes: operand, attrs, smooth, ...rest }: Unary,
): Entry {
  return {
    kernel,
    make: (draw) => ({
      inputs: {
        x: draw.input(
          draw.shape(draw.int(0, 4)),
          draw.pick(dtypes ?? ['float32']),
          draw.pick(operand ?? mixes),
        ),
      },
      ...(attrs !== undefined && { attrs: attrs(draw) }),
    }),
    expected: ({ inputs, attrs: given = {} }) => {
      const { shape, dtype, values } = inputs['x']!;
      const results = values.map((x) => f(x, given as Record<string, number>));
      return [output(shape, results, out ?? dtype)];
    },
    ...(smooth !== false && { gradients: ['x'] }),
    ...rest,
  };
}

const seluScale = 1.0507009873554805;
const seluAlpha = 1.6732632423543772;
const numeric = ['float32', 'int32'] as const;

const unaries: Readonly<Record<string, Unary>> = {
  Abs: { f: Math.abs, dtypes: numeric },
  Elu: { f: (x) => (x >= 0 ? x : Math.expm1(x)) },
  // An approximation by a polynomial, on every backend.
  Erf: { f: erf, atol: 5e-7 },
  Exp: { f: Math.exp },
  Floor: { f: Math.floor, smooth: false, zeroSigns: true },
  LeakyRelu: {
    f: (x, { alpha }) => (x < 0 ? Math.fround(alpha!) * x : x),
    attrs: (draw) => ({ alpha: draw.pick([0.2, 0, 1.5]) }),
  },
  Log: { f: Math.log },
  Log1p: { f: Math.log1p },
  Neg: { f: (x) => -x, dtypes: numeric, zeroSigns: true },
  Relu: { f: (x) => Math.max(0, x), dtypes: numeric },
  Rsqrt: { f: (x) => 1 / Math.sqrt(x) },
  Selu: { f: (x) => (x >= 0 ? seluScale * x : seluScale * seluAlpha * Math.expm1(x)) },
  Sigmoid: { f: (x) => 1 / (1 + Math.exp(-x)) },
  Softplus: { f: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))) },
  Sign: { f: Math.sign, mixes: ['plain', 'ties', 'negative'], smooth: false },
  Sqrt: { f: Math.sqrt },
  Square: { f: (x) => x * x, dtypes: numeric },
  Step: {
    f: (x, { alpha }) => (Number.isNaN(x) ? NaN : x > 0 ? 1 : alpha!),
    attrs: (draw) => ({ alpha: draw.pick([0, -1, 0.5]) }),
    smooth: false,
  },
  Tanh: { f: Math.tanh },
  OnesLike: { f: () => 1, dtypes: ['float32', 'int32', 'bool'], smooth: false },
  ZerosLike: { f: () => 0, dtypes: ['float32', 'int32', 'bool'], smooth: false },
  Identity: { f: (x) => x, dtypes: ['float32', 'int32', 'bool'], zeroSigns: true },
  ClipByValue: {
    f: (x, { clipValueMin, clipValueMax }) => {
      const above = x < clipValueMin! ? clipValueMin! : x;
      return above > clipValueMax! ? clipValueMax! : above;
    },
    attrs: (draw) => ({
      clipValueMin: draw.pick([-1, 0, 1e-7]),
      clipValueMax: draw.pick([1, 6, 1 - 1e-7, Number.MAX_VALUE]),
    }),
  },
};

/** The shapes of two tensors that are broadcast against each other. */
function twoShapes(draw: Draw): [number[], number[]] {
  const shape = draw.shape(draw.int(0, 4));
  const shrunk = (): number[] => {
    const kept = draw.chance(0.5) ? shape : shape.slice(draw.int(0, shape.length));
    return draw.chance(0.5) ? [...kept] : kept.map((size) => (draw.chance(0.4) ? 1 : size));
  };
  return draw.chance(0.5) ? [shape, shrunk()] : [shrunk(), shape];
}

/** Applies `f` to the entries of two tensors that meet when they are broadcast. */
export function broadcast(
  { shape: shapeA, values: a }: Input,
  { shape: shapeB, values: b }: Input,
  f: (a: number, b: number) => number,
): { shape: number[]; values: number[] } {
  const shape = broadcast_util.assertAndGetBroadcastShape([...shapeA], [...shapeB]);
  const offset = (operand: readonly number[], at: number): number => {
    let [index, stride] = [0, 1];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const size = operand[axis - shape.length + operand.length] ?? 1;
      if (size > 1) index += (at % shape[axis]!) * stride;
      stride *= size;
      at = Math.floor(at / shape[axis]!);
    }
    return index;
  };
  const values = Array.from({ length: sizeOf(shape) }, (_, at) =>
    f(a[offset(shapeA, at)]!, b[offset(shapeB, at)]!),
  );
  return { shape, values };
}

interface Binary extends Partial<Entry> {
  readonly f: (a: number, b: number) => number;
  readonly dtypes?: readonly NumberType[];
  readonly out?: NumberType;
  readonly names?: readonly [string, string];
  /** Mixes of both operands; all when left out. */
  readonly mixes?: readonly [readonly Mix[], readonly Mix[]];
  readonly smooth?: boolean;
}

function binary(kernel: string, entry: Binary): Entry {
  const { f, dtypes, out, names = ['a', 'b'], mixes: operand, smooth, ...rest } = entry;
  return {
    kernel,
    calls: 90,
    make: (draw) => {
      const dtype = draw.pick(dtypes ?? numeric);
      const inputs = twoShapes(draw).map((shape, k) =>
        draw.input(shape, dtype, draw.pick(operand?.[k] ?? mixes)),
      );
      return { inputs: { [names[0]]: inputs[0]!, [names[1]]: inputs[1]! } };
    },
    expected: ({ inputs }) => {
      const [a, b] = names.map((name) => inputs[name]!) as [Input, Input];
      const { shape, values } = broadcast(a, b, f);
      return [output(shape, values, out ?? a.dtype)];
    },
    ...(smooth !== false && { gradients: names, hasGradient: notAgainstNothing }),
    ...rest,
  };
}

/** The inputs of a call in order. */
export const listed = ({ inputs }: Call): Input[] => Object.values(inputs);

const relation = (f: (a: number, b: number) => boolean): Binary => ({
  f: (a, b) => Number(f(a, b)),
  out: 'bool',
  smooth: false,
});

/** TensorFlow.js does not sum the gradients of these over what was broadcast, and throws. */
const sameShapes = ({ inputs }: Call): boolean => {
  const [a, b] = listed({ inputs });
  return a!.shape.join() === b!.shape.join();
};

/** Nor does it where an axis of 1 meets one of 0. */
const notAgainstNothing = ({ inputs }: Call): boolean => {
  const empty = listed({ inputs }).filter(({ values }) => values.length === 0);
  return empty.length === 0 || sameShapes({ inputs });
};

const binaries: Readonly<Record<string, Binary>> = {
  Add: { f: (a, b) => a + b },
  Sub: { f: (a, b) => a - b },
  Multiply: { f: (a, b) => a * b },
  RealDiv: { f: (a, b) => a / b, dtypes: ['float32'] },
  Maximum: { f: Math.max, hasGradient: sameShapes },
  Minimum: { f: Math.min, hasGradient: sameShapes },
  // Of 1 and NaN C makes 1 and JavaScript NaN.
  Pow: {
    f: Math.pow,
    dtypes: ['float32'],
    mixes: [
      ['plain', 'ties', 'special'],
      ['plain', 'ties'],
    ],
  },
  Equal: relation((a, b) => a === b),
  NotEqual: relation((a, b) => a !== b),
  Greater: relation((a, b) => a > b),
  GreaterEqual: relation((a, b) => a >= b),
  Less: relation((a, b) => a < b),
  LessEqual: relation((a, b) => a <= b),
  LogicalAnd: { f: (a, b) => a & b, dtypes: ['bool'], smooth: false },
};

const prelu: Entry = {
  kernel: 'Prelu',
  make: (draw) => {
    const shape = draw.shape(draw.int(1, 4));
    const operand = draw.chance(0.5) ? shape.slice(1) : shape;
    const alpha = operand.map((size) => (draw.chance(0.3) ? 1 : size));
    return {
      inputs: {
        x: draw.input(shape, 'float32', draw.pick(mixes)),
        alpha: draw.input(alpha, 'float32', draw.pick(['plain', 'special'])),
      },
    };
  },
  expected: ({ inputs }) => {
    const { shape, values } = broadcast(inputs['x']!, inputs['alpha']!, (x, alpha) =>
      x < 0 ? alpha * x : x,
    );
    return [output(shape, values, 'float32')];
  },
  gradients: ['x', 'alpha'],
  hasGradient: notAgainstNothing,
};

const eluGrad: Entry = {
  kernel: 'EluGrad',
  make: (draw) => {
    const shape = draw.shape(draw.int(0, 4));
    return {
      inputs: {
        dy: draw.input(shape, 'float32', draw.pick(mixes)),
        y: draw.input(shape, 'float32', draw.pick(mixes)),
      },
    };
  },
  expected: ({ inputs }) => {
    const { shape, values } = broadcast(inputs['dy']!, inputs['y']!, (dy, y) =>
      y >= 0 ? dy : dy * (y + 1),
    );
    return [output(shape, values, 'float32')];
  },
};

const select: Entry = {
  kernel: 'Select',
  make: (draw) => {
    const shape = draw.shape(draw.int(0, 4));
    const dtype = draw.pick(['float32', 'int32', 'bool'] as const);
    return {
      inputs: {
        condition: draw.input(shape, 'bool'),
        t: draw.input(shape, dtype, draw.pick(mixes)),
        e: draw.input(shape, dtype, draw.pick(mixes)),
      },
    };
  },
  expected: ({ inputs }) => {
    const [condition, t, e] = ['condition', 't', 'e'].map((name) => inputs[name]!);
    const values = condition!.values.map((flag, i) => (flag ? t : e)!.values[i]!);
    return [output(t!.shape, values, t!.dtype)];
  },
  zeroSigns: true,
  gradients: ['t', 'e'],
};

const cast: Entry = {
  kernel: 'Cast',
  make: (draw) => {
    const dtype = draw.pick(['float32', 'int32', 'bool'] as const);
    const to = draw.pick(['float32', 'int32', 'bool'] as const);
    // What a number becomes that no integer is near is not defined.
    const mix = draw.pick(to === 'int32' ? (['plain', 'ties'] as const) : mixes);
    return {
      inputs: { x: draw.input(draw.shape(draw.int(0, 4)), dtype, mix) },
      attrs: { dtype: to },
    };
  },
  expected: ({ inputs, attrs }) => {
    const { shape, values } = inputs['x']!;
    const dtype = attrs!['dtype'] as NumberType;
    const results = values.map((x) =>
      dtype === 'bool' ? Number(x !== 0) : dtype === 'int32' ? Math.trunc(x) : x,
    );
    return [output(shape, results, dtype)];
  },
};

/** Kernels that work entry by entry. */
export const elementwise: readonly Entry[] = [
  ...Object.entries(unaries).map(([kernel, entry]) => unary(kernel, entry)),
  ...Object.entries(binaries).map(([kernel, entry]) => binary(kernel, entry)),
  prelu,
  eluGrad,
  select,
  cast,
];
