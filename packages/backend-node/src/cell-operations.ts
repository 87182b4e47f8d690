import type { CellOperations } from '@secateur/backend/kernels';
import type { Handle } from './native-backend.ts';
import type { Operations } from './operations.ts';

/** The operations that a cell over sequences is composed of, on native handles. */
export function cellOperations(ops: Operations): CellOperations<Handle> {
  const unary = (name: string) => (x: Handle) => ops.float(name, x);
  const binary = (name: string) => (a: Handle, b: Handle) => ops.float(name, a, b);
  const fill = (shape: readonly number[], value: number): Handle =>
    ops.constant(shape, new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value));
  const pair = (a: number, b: number): Handle => ops.constant([2], Int32Array.of(a, b));
  const [sub, mul, square] = [binary('Sub'), binary('Mul'), unary('Square')];
  const sigmoidSlope = (value: Handle): Handle => sub(value, square(value));
  const tanhSlope = (value: Handle): Handle => sub(fill([], 1), square(value));
  // A relu is never negative.
  const reluSlope = unary('Sign');
  /** TensorFlow's gradient of a nonlinearity; it takes operands of one shape. */
  const times =
    (slope: (value: Handle) => Handle, both: (value: Handle, by: Handle) => Handle) =>
    (value: Handle, by: Handle) =>
      `${value.shape}` === `${by.shape}` ? both(value, by) : mul(slope(value), by);
  return {
    add: binary('AddV2'),
    sub,
    mul,
    sigmoid: unary('Sigmoid'),
    tanh: unary('Tanh'),
    relu: unary('Relu'),
    sigmoidSlope,
    tanhSlope,
    reluSlope,
    timesSlope: {
      sigmoidSlope: times(sigmoidSlope, binary('SigmoidGrad')),
      tanhSlope: times(tanhSlope, binary('TanhGrad')),
      reluSlope: times(reluSlope, (value, by) => ops.float('ReluGrad', by, value)),
    },
    fill,
    foldsBiases: true,
    separatesParts: true,
    rowAdder(row) {
      const bias = ops.reshape(row, [row.shape[1]!]);
      return (to) => ops.float('BiasAdd', to, bias);
    },
    multiplier: (matrix, transposed) => (by) => ops.matMul(by, matrix, false, transposed),
    transposedProduct: (a, b) => ops.matMul(a, b, true),
    sums: (x) => ops.sum(x, [0]),
    join: ops.concat,
    cutter: (blocks) =>
      typeof blocks === 'number' ? (x) => ops.split(x, blocks, 1) : ops.cutter(blocks, 1),
    columns(start, width) {
      // All rows, however many there are.
      const [begin, size] = [pair(0, start), pair(-1, width)];
      return (x) => ops.slice(x, begin, size);
    },
    rowBlocks: (x, count) => ops.split(x, count, 0),
    firstRows: (x, count) => ops.slice(x, pair(0, 0), pair(count, -1)),
    scope: ops.scope,
  };
}
