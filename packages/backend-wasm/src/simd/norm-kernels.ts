import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import {
  composedKernel,
  composedPenalizedSquaredNorm,
  KERNELS,
  squaredNormsKernel,
  sumsByAxis,
} from '@secateur/backend/kernels';
import { wasmArrays } from '../wasm-arrays.ts';
import { addressOf, fusedKernel, matrixOf, sizeOf, type SimdKernel } from './fused-kernel.ts';

/** Makes the `GroupSquaredNorms` kernel: all rows and all columns in one pass, summed in float64. */
export function groupSquaredNormsKernel(): KernelConfig {
  const loops = squaredNormsKernel('wasm', wasmArrays).kernelFunc;
  return fusedKernel(KERNELS.groupSquaredNorms, loops, groupSquaredNorms);
}

/** Makes the `PenalizedSquaredNorm` kernel: one pass over gradient and weight, summed in float64. */
export function penalizedSquaredNormKernel(): KernelConfig {
  const composed = composedKernel(composedPenalizedSquaredNorm);
  return fusedKernel(KERNELS.penalizedSquaredNorm, composed, penalizedSquaredNorm);
}

const groupSquaredNorms: SimdKernel = (module, backend, inputs, attrs) => {
  const { x } = inputs as { x: TensorInfo };
  const axes = attrs['axes'] as number[];
  const last = x.shape.length - 1;
  const width = x.shape[last] ?? 1;
  const rows = width === 0 ? 0 : sizeOf(x) / width;
  const columns = axes.includes(last) ? width : 0;
  const pieces = module.kernels.rowPieces(rows, width);
  const sums = module.withScratch(8 * (rows + pieces * columns), (scratch) => {
    const perColumn = scratch + 8 * rows;
    module.kernels.squaredRowsAndColumns(
      module.address(x),
      rows,
      width,
      scratch,
      columns === 0 ? 0 : perColumn,
    );
    const totals = {
      perRow: module.float64(scratch, rows),
      perColumn: module.float64(perColumn, columns),
    };
    return sumsByAxis(totals, x.shape, axes);
  });
  return sums.map((sum) => {
    const out = backend.makeOutput([sum.length], 'float32');
    wasmArrays.view(backend, out).set(sum);
    return out;
  });
};

const penalizedSquaredNorm: SimdKernel = (module, backend, inputs) => {
  const { gradient } = inputs as { gradient: TensorInfo };
  const size = sizeOf(gradient);
  const [rows, width] = matrixOf(inputs, size);
  const addresses = ['gradient', 'weight', 'rows', 'columns'].map((name) =>
    addressOf(module, inputs, name),
  );
  const squares = module.withScratch(8 * module.kernels.squarePieces(size), (scratch) =>
    module.kernels.penalizedSquares(rows, width, ...addresses, scratch),
  );
  const out = backend.makeOutput([], 'float32');
  wasmArrays.view(backend, out)[0] = squares;
  return out;
};
