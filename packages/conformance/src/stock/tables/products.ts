import { type Draw, type Input, mixes, summable } from '../draw.ts';
import type { DefinedEntry, Entry } from '../entry.ts';
import { activated } from './activation.ts';
import { broadcast, output } from './elementwise.ts';
import { filled, offsetOf } from './offsets.ts';

const close = { rtol: 1e-5, atol: 1e-4 };

// A type and not an interface: attributes are a record.
// eslint-disable-next-line @typescript-eslint/consistent-type-definitions
type Transposes = { readonly transposeA: boolean; readonly transposeB: boolean };

/** Operands of a product; with batches in front of the matrices when `rank` is above 2. */
function operands(
  draw: Draw,
  rank: number,
): { inputs: Record<'a' | 'b', Input>; attrs: Transposes } {
  const size = (): number => (draw.chance(0.07) ? 0 : draw.pick([1, 2, 3, 5, 8, 17, 33]));
  const [m, k, n] = [size(), size(), size()];
  const batch = Array.from({ length: rank - 2 }, () => draw.int(1, 3));
  const thin = (): number[] => batch.map((count) => (draw.chance(0.3) ? 1 : count));
  const attrs = { transposeA: draw.chance(0.4), transposeB: draw.chance(0.4) };
  const matrix = (rows: number, columns: number, transposed: boolean): number[] => [
    ...thin(),
    ...(transposed ? [columns, rows] : [rows, columns]),
  ];
  const inputs = {
    a: draw.input(matrix(m, k, attrs.transposeA), 'float32', draw.pick(summable)),
    b: draw.input(
      matrix(k, n, attrs.transposeB),
      'float32',
      draw.pick(['plain', 'ties', 'plain', 'special']),
    ),
  };
  return { inputs, attrs };
}

function product(a: Input, b: Input, { transposeA, transposeB }: Transposes): [number[], number[]] {
  const [rowsA, columnsA] = a.shape.slice(-2) as [number, number];
  const [rowsB, columnsB] = b.shape.slice(-2) as [number, number];
  const [m, k] = transposeA ? [columnsA, rowsA] : [rowsA, columnsA];
  const n = transposeB ? rowsB : columnsB;
  const batches = a.shape.slice(0, -2).map((count, axis) => Math.max(count, b.shape[axis]!));
  const shape = [...batches, m, n];
  const entry = (
    { shape: perChannel, values }: Input,
    at: readonly number[],
    row: number,
    column: number,
  ) =>
    values[
      offsetOf([...at.map((index, axis) => index % perChannel[axis]!), row, column], perChannel)
    ]!;
  const values = filled(shape, (indices) => {
    const at = indices.slice(0, -2);
    const [i, j] = indices.slice(-2) as [number, number];
    let sum = 0;
    for (let inner = 0; inner < k; inner++) {
      const left = transposeA ? entry(a, at, inner, i) : entry(a, at, i, inner);
      const right = transposeB ? entry(b, at, j, inner) : entry(b, at, inner, j);
      sum += left * right;
    }
    return sum;
  });
  return [shape, values];
}

const matMul: DefinedEntry = {
  kernel: 'BatchMatMul',
  calls: 90,
  make: (draw) => operands(draw, draw.pick([2, 3, 3, 4])),
  expected: ({ inputs, attrs }) => {
    const [shape, values] = product(inputs['a']!, inputs['b']!, attrs as unknown as Transposes);
    return [output(shape, values, 'float32')];
  },
  gradients: ['a', 'b'],
  // TensorFlow.js does not sum the gradient over a batch that was broadcast.
  hasGradient: ({ inputs }) =>
    inputs['a']!.shape.slice(0, -2).join() === inputs['b']!.shape.slice(0, -2).join(),
  ...close,
};

const fused = activated(
  {
    ...matMul,
    kernel: '_FusedMatMul',
    make: (draw) => {
      const { inputs, attrs } = operands(draw, 2);
      const [a, b] = [inputs.a, inputs.b].map((x) => ({ ...x, shape: [1, ...x.shape] }));
      return { inputs: { a: a!, b: b! }, attrs };
    },
  },
  ({ inputs, attrs }) => inputs['b']!.shape.at(attrs!['transposeB'] === true ? -2 : -1)!,
);

const softmax: Entry = {
  kernel: 'Softmax',
  make: (draw) => {
    const shape = draw.shape(draw.int(1, 4)).map((size) => Math.max(1, size));
    return {
      inputs: { logits: draw.input(shape, 'float32', draw.pick(mixes)) },
      attrs: { dim: shape.length - 1 },
    };
  },
  expected: ({ inputs }) => {
    const { shape, values } = inputs['logits']!;
    const width = shape.at(-1)!;
    const results = values.map((x, offset) => {
      const start = offset - (offset % width);
      const row = values.slice(start, start + width);
      const most = Math.max(...row);
      return Math.exp(x - most) / row.reduce((sum, each) => sum + Math.exp(each - most), 0);
    });
    return [output(shape, results, 'float32')];
  },
  gradients: ['logits'],
  rtol: 1e-5,
};

const batchNorm: Entry = {
  kernel: 'FusedBatchNorm',
  make: (draw) => {
    const shape = draw.shape(4);
    const axis = draw.int(0, 3);
    const perChannel = draw.pick([
      [shape[3]!],
      [shape[3]!],
      shape,
      shape.map((size, each) => (each === axis ? size : 1)),
    ]);
    const positive = (input: Input): Input => ({
      ...input,
      values: input.values.map((x) => Math.fround(Math.abs(x) + 0.1)),
    });
    return {
      inputs: {
        x: draw.input(shape, 'float32', draw.pick(summable)),
        mean: draw.input(perChannel, 'float32'),
        variance: positive(draw.input(perChannel, 'float32')),
        ...(draw.chance(0.6) && { offset: draw.input(perChannel, 'float32') }),
        ...(draw.chance(0.6) && { scale: draw.input(perChannel, 'float32') }),
      },
      attrs: { varianceEpsilon: 0.001 },
    };
  },
  expected: ({ inputs }) => {
    const x = inputs['x']!;
    const spread = (name: string, otherwise: number): number[] => {
      const one = inputs[name] ?? { shape: [], dtype: 'float32' as const, values: [otherwise] };
      return broadcast(x, one, (_, b) => b).values;
    };
    const [mean, variance] = [spread('mean', 0), spread('variance', 1)];
    const [offset, scale] = [spread('offset', 0), spread('scale', 1)];
    const values = x.values.map(
      (value, i) =>
        offset[i]! +
        ((value - mean[i]!) * scale[i]!) / Math.sqrt(variance[i]! + Math.fround(0.001)),
    );
    return [output(x.shape, values, 'float32')];
  },
  gradients: ['x', 'mean', 'variance'],
  hasGradient: ({ inputs }) => inputs['mean']!.shape.length === 1 && inputs['scale'] !== undefined,
  ...close,
};

/** Products of matrices and what follows them in a layer. */
export const products: readonly Entry[] = [matMul, fused, softmax, batchNorm];
