// The operations of a composed cell on tensors. Kernels are called without the checks that operations do on their arguments: at
// the size of one time step those cost as much as the arithmetic, and a sequence makes hundreds of calls.
import {
  Add,
  BatchMatMul,
  Concat,
  engine,
  fill,
  getBackend,
  Multiply,
  Relu,
  scalar,
  Sigmoid,
  Slice,
  split,
  SplitV,
  square,
  step,
  Sub,
  sub,
  sum,
  Tanh,
  tensor2d,
  tidy,
  transpose,
  zeros,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import type { CellOperations } from './cell-operations.ts';

function run(name: string, inputs: NamedTensorMap, attributes?: NamedAttrMap): Tensor {
  return engine().runKernel(name, inputs, attributes) as Tensor;
}

/** A product over nothing is zero, which not every backend knows. */
function product(a: Tensor, b: Tensor): Tensor {
  const shape = [a.shape[0]!, b.shape[1]!];
  if (a.shape[1] === 0 || shape.includes(0)) return zeros(shape);
  return run(BatchMatMul, { a, b }, { transposeA: false, transposeB: false });
}

/** Cuts `[count * rows, width]` into `count` blocks of rows. */
function rowBlocks(x: Tensor, count: number): Tensor[] {
  const [rows, width] = x.shape as [number, number];
  if (count === 1) return [x];
  if (getBackend() !== 'wasm') return split(x, count, 0);
  // The WASM backend's Slice copies its whole input for every slice, which is quadratic in the number of steps; one
  // read and a write per block is linear.
  const values = x.dataSync<'float32'>();
  const size = (rows / count) * width;
  return Array.from({ length: count }, (_, k) =>
    tensor2d(values.subarray(k * size, (k + 1) * size), [rows / count, width]),
  );
}

/** Operations on the tensors of the current backend; they run in a tidy. */
export const tensorOperations: CellOperations<Tensor> = {
  add: (a, b) => run(Add, { a, b }),
  sub: (a, b) => run(Sub, { a, b }),
  mul: (a, b) => run(Multiply, { a, b }),
  sigmoid: (x) => run(Sigmoid, { x }),
  tanh: (x) => run(Tanh, { x }),
  relu: (x) => run(Relu, { x }),
  sigmoidSlope: (value) => sub(value, square(value)),
  tanhSlope: (value) => sub(1, square(value)),
  reluSlope: (value) => step(value),
  fill: (shape, value) => {
    if (shape.length === 0) return scalar(value);
    return value === 0 ? zeros([...shape]) : fill([...shape], value);
  },
  foldsBiases: false,
  separatesParts: false,
  rowAdder: (b) => (a) => run(Add, { a, b }),
  multiplier(matrix, transposed = false) {
    const b = transposed ? (transpose(matrix) as Tensor2D) : matrix;
    return (a) => product(a, b);
  },
  transposedProduct: (a, b) => product(transpose(a), b),
  sums: (x) => sum(x, 0),
  join: (parts, axis) => run(Concat, parts as unknown as NamedTensorMap, { axis }),
  cutter: (blocks) => (x) =>
    run(SplitV, { x }, { numOrSizeSplits: blocks as number, axis: 1 }) as unknown as Tensor[],
  columns: (start, width) => (x) =>
    run(Slice, { x }, { begin: [0, start], size: [x.shape[0]!, width] }),
  rowBlocks,
  firstRows: (x, count) => run(Slice, { x }, { begin: [0, 0], size: [count, x.shape[1]!] }),
  scope: (body) => tidy(body as () => Tensor[][]),
};
