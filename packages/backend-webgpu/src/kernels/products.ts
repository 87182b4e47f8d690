import { BatchMatMul, type KernelConfig, type TensorInfo } from '@tensorflow/tfjs-core';
import { type GpuBackend, sizeOf } from '../gpu-backend.ts';
import { callable, stockConfig } from '../stock-kernel.ts';
import { zeros } from './sums.ts';

/** How a product reads its operands. */
interface ProductAttrs {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/**
 * Makes the `BatchMatMul` kernel that can add up nothing: with no inner dimension the stock one binds empty buffers, which
 * the device refuses, and returns what its output's memory held before.
 */
export function batchMatMulKernel(): KernelConfig {
  const stock = stockConfig(BatchMatMul);
  return {
    ...stock,
    kernelFunc: (call) => {
      const { a, b } = call.inputs as { a: TensorInfo; b: TensorInfo };
      if (sizeOf(a) > 0 && sizeOf(b) > 0) return stock.kernelFunc(call);
      const { transposeA, transposeB } = call.attrs as unknown as ProductAttrs;
      const outer = [a, b].map(({ shape }) => shape.slice(0, -2));
      const rank = Math.max(...outer.map(({ length }) => length));
      const [batchesOfA, batchesOfB] = outer.map((shape) => [
        ...Array.from({ length: rank - shape.length }, () => 1),
        ...shape,
      ]) as [number[], number[]];
      // Batches broadcast: a 1 gives way to whatever stands against it, a 0 too.
      const batches = batchesOfA.map((size, i) => (size === 1 ? batchesOfB[i]! : size));
      const rows = a.shape.at(transposeA ? -1 : -2)!;
      const columns = b.shape.at(transposeB ? -2 : -1)!;
      return zeros(call.backend as unknown as GpuBackend, [...batches, rows, columns]);
    },
  };
}

/** Multiplies two matrices on the device. */
export function product(
  backend: GpuBackend,
  a: TensorInfo,
  b: TensorInfo,
  { transposeA = false, transposeB = false }: Partial<ProductAttrs> = {},
): TensorInfo {
  return callable(stockConfig(BatchMatMul))(backend, { a, b }, { transposeA, transposeB });
}
