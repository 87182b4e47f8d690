import {
  _FusedMatMul,
  BatchMatMul,
  env,
  type KernelConfig,
  type TensorInfo,
  Tile,
} from '@tensorflow/tfjs-core';
import { callable, stockConfig, withWholeBatches } from '@secateur/backend/kernels';
import { as, type GpuBackend, sizeOf } from '../gpu-backend.ts';
import { withOwnActivation } from './fused-activation.ts';
import { zeros } from './sums.ts';
import { transposed } from './transpose.ts';

/** How a product reads its operands. */
interface ProductAttrs {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/**
 * Makes the products `BatchMatMul` and `_FusedMatMul` that can add up nothing, and always in one order. With no inner
 * dimension the stock ones bind empty buffers, which the device refuses, and return what their output's memory held before.
 */
export function productKernels(): KernelConfig[] {
  const tile = callable(stockConfig(Tile, 'webgpu'));
  const whole = [
    withWholeBatches(stockConfig(BatchMatMul, 'webgpu'), tile),
    withOwnActivation(stockConfig(_FusedMatMul, 'webgpu')),
  ];
  return whole.map((stock) => {
    return {
      ...stock,
      kernelFunc: (call) => {
        const { a, b } = call.inputs as { a: TensorInfo; b: TensorInfo };
        const attrs = call.attrs as unknown as ProductAttrs;
        const backend = call.backend as unknown as GpuBackend;
        if (a.shape.at(attrs.transposeA ? -2 : -1) === 0) {
          return overOne(backend, a, b, attrs, (inputs) =>
            stock.kernelFunc({ ...call, inputs: { ...call.inputs, ...inputs } }),
          );
        }
        if (!splitsInner(backend, a, b, attrs)) return stock.kernelFunc(call);
        return inSmallTiles(() => stock.kernelFunc(call));
      },
    };
  });
}

/** A product over an inner dimension of 1 with zeros, in place of one over 0. */
function overOne<T>(
  backend: GpuBackend,
  a: TensorInfo,
  b: TensorInfo,
  { transposeA, transposeB }: ProductAttrs,
  multiply: (inputs: { a: TensorInfo; b: TensorInfo }) => T,
): T {
  const [left, right] = [
    zeros(backend, a.shape.with(transposeA ? -2 : -1, 1)),
    zeros(backend, b.shape.with(transposeB ? -1 : -2, 1)),
  ];
  const out = multiply({ a: left, b: right });
  for (const { dataId } of [left, right]) backend.disposeData(dataId);
  return out;
}

/** TensorFlow.js's numbers for its programs that multiply matrices. */
const SMALL_TILES = 2;
const LONG_INNER = 2000;

/**
 * Whether TensorFlow.js would cut the inner dimension and add the parts with atomics, in whatever order they come: then
 * one seed would give another training every time. Its own rule, from BatchMatMul_impl.
 */
export function splitsInner(
  backend: Pick<GpuBackend, 'thresholdToIncreaseWorkgroups'>,
  a: TensorInfo,
  b: TensorInfo,
  { transposeA, transposeB }: ProductAttrs,
): boolean {
  if (env().getNumber('WEBGPU_MATMUL_PROGRAM_TYPE') >= 0) return false;
  const inner = a.shape.at(transposeA ? -2 : -1)!;
  if (inner < LONG_INNER || sizeOf({ shape: a.shape.slice(0, -2) }) !== 1) return false;
  const rows = a.shape.at(transposeA ? -1 : -2)!;
  const columns = b.shape.at(transposeB ? -2 : -1)!;
  const set = env().getNumber('WEBGPU_THRESHOLD_TO_INCREASE_WORKGROUPS_FOR_MATMUL');
  const threshold = set > 0 ? set : backend.thresholdToIncreaseWorkgroups;
  const groups = Math.ceil(rows / 32) * Math.ceil(columns / 32);
  return groups <= (rows <= 8 ? 2 : 1) * threshold;
}

function inSmallTiles<T>(multiply: () => T): T {
  env().set('WEBGPU_MATMUL_PROGRAM_TYPE', SMALL_TILES);
  try {
    return multiply();
  } finally {
    env().set('WEBGPU_MATMUL_PROGRAM_TYPE', -1);
  }
}

/** Multiplies two matrices on the device, or each pair of two equally long lists of matrices. */
export function product(
  backend: GpuBackend,
  a: TensorInfo,
  b: TensorInfo,
  { transposeA = false, transposeB = false }: Partial<ProductAttrs> = {},
): TensorInfo {
  return callable(stockConfig(BatchMatMul, 'webgpu'))(
    backend,
    { a, b },
    { transposeA, transposeB },
  );
}

/** The products `a' b` of each pair out of `a [n, rows, height]` and `b [n, rows, width]`, as `[height, n * width]`. */
export function productsSideBySide(backend: GpuBackend, a: TensorInfo, b: TensorInfo): TensorInfo {
  const products = product(backend, a, b, { transposeA: true });
  const [count, height, width] = products.shape as [number, number, number];
  if (count === 1) return as(products, height, width);
  const out = transposed(backend, products, [1, 0, 2]);
  backend.disposeData(products.dataId);
  return as(out, height, count * width);
}
