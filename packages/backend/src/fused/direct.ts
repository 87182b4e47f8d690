// Kernels called without the checks that operations do on their arguments: at the size of one time step those cost as
// much as the arithmetic, and a sequence makes hundreds of calls.
import {
  Add,
  BatchMatMul,
  Concat,
  engine,
  getBackend,
  Multiply,
  Relu,
  Sigmoid,
  Slice,
  split,
  SplitV,
  Sub,
  Tanh,
  tensor2d,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';

function run(name: string, inputs: NamedTensorMap, attributes?: NamedAttrMap): Tensor2D {
  return engine().runKernel(name, inputs, attributes) as unknown as Tensor2D;
}

export const addTo = (a: Tensor, b: Tensor): Tensor2D => run(Add, { a, b });
export const times = (a: Tensor, b: Tensor): Tensor2D => run(Multiply, { a, b });
export const minus = (a: Tensor, b: Tensor): Tensor2D => run(Sub, { a, b });
export const sigmoidOf = (x: Tensor): Tensor2D => run(Sigmoid, { x });
export const tanhOf = (x: Tensor): Tensor2D => run(Tanh, { x });
export const reluOf = (x: Tensor): Tensor2D => run(Relu, { x });
export const product = (a: Tensor, b: Tensor): Tensor2D =>
  run(BatchMatMul, { a, b }, { transposeA: false, transposeB: false });

/** Joins matrices along an axis. */
export function join(parts: readonly Tensor[], axis: 0 | 1): Tensor2D {
  return run(Concat, parts as unknown as NamedTensorMap, { axis });
}

/** Copies the columns `start .. start + width - 1`. */
export const columns = (x: Tensor2D, start: number, width: number): Tensor2D =>
  run(Slice, { x }, { begin: [0, start], size: [x.shape[0], width] });

/** Cuts `[rows, count * width]` into `count` blocks of columns. */
export function columnBlocks(x: Tensor, count: number): Tensor2D[] {
  const blocks = engine().runKernel(SplitV, { x }, { numOrSizeSplits: count, axis: 1 });
  return blocks as unknown as Tensor2D[];
}

/** Cuts `[count * rows, width]` into `count` blocks of rows. */
export function rowBlocks(x: Tensor2D, count: number): Tensor2D[] {
  const [rows, width] = x.shape;
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
