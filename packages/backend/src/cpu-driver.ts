import {
  backend,
  BatchMatMul,
  type DataType,
  type KernelConfig,
  type TensorInfo,
  Tile,
  util,
} from '@tensorflow/tfjs-core';
import { activate } from './activate.ts';
import type { BackendDriver } from './backend-driver.ts';
import { denseBincountKernel } from './cpu/dense-bincount.ts';
import { resizeBilinearGradKernel } from './cpu/resize-bilinear-grad.ts';
import type { ArrayBackend, TensorArray } from './kernels/array-backend.ts';
import { batchNormKernel } from './kernels/batch-norm-kernel.ts';
import { crossEntropyKernel } from './kernels/cross-entropy-kernel.ts';
import { distilledCrossEntropyKernel } from './kernels/distilled-cross-entropy-kernel.ts';
import { crossEntropyGradKernel } from './kernels/cross-entropy-grad-kernel.ts';
import { penaltyFactorsKernel } from './kernels/penalty-factors-kernel.ts';
import { poolKernels } from './kernels/pool-kernels.ts';
import { resizeNearestGradKernel } from './kernels/resize-nearest-grad-kernel.ts';
import { segmentSumKernel } from './kernels/segment-sum-kernel.ts';
import { squaredNormsKernel } from './kernels/squared-norms-kernel.ts';
import { withWholeBatches } from './kernels/whole-batches.ts';
import { replaceKernel } from './replace-kernel.ts';
import { callable, stockConfig } from './stock-kernel.ts';

/** What the kernels below use of TensorFlow.js's cpu backend. */
interface CpuBackend {
  firstUse: boolean;
  readonly data: { get(dataId: object): { values: TensorArray } };
  makeTensorInfo(shape: number[], dtype: DataType, values: TensorArray): TensorInfo;
}

const arrays: ArrayBackend = {
  allocate: (cpu, shape, dtype) =>
    (cpu as CpuBackend).makeTensorInfo(
      shape,
      dtype,
      util.getArrayFromDType(dtype, util.sizeFromShape(shape)) as TensorArray,
    ),
  view: (cpu, info) => (cpu as CpuBackend).data.get(info.dataId).values,
};

/** Made once, after TensorFlow.js's: some wrap a stock kernel, and must not wrap themselves at the next start. */
let kernels: readonly KernelConfig[] | undefined;

const makeKernels = (): KernelConfig[] => [
  segmentSumKernel('cpu', arrays),
  squaredNormsKernel('cpu', arrays),
  penaltyFactorsKernel('cpu', arrays),
  crossEntropyKernel('cpu', arrays),
  crossEntropyGradKernel('cpu', arrays),
  distilledCrossEntropyKernel('cpu', arrays),
  ...poolKernels('cpu', arrays),
  resizeBilinearGradKernel(),
  resizeNearestGradKernel('cpu', arrays),
  denseBincountKernel(),
  batchNormKernel('cpu'),
  withWholeBatches(stockConfig(BatchMatMul, 'cpu'), callable(stockConfig(Tile, 'cpu'))),
];

/** The driver of TensorFlow.js's plain JavaScript backend, with what is slow or wrong in it replaced. */
export const cpuDriver: BackendDriver = {
  name: 'cpu',
  module: '@secateur/backend',
  async probe() {
    try {
      await import('@tensorflow/tfjs-backend-cpu');
      return { available: true, reason: 'plain JavaScript, runs everywhere and slowly' };
    } catch {
      return {
        available: false,
        reason: '@tensorflow/tfjs-backend-cpu is not installed',
        fix: 'npm install @tensorflow/tfjs-backend-cpu@4.22.0',
      };
    }
  },
  async start() {
    await import('@tensorflow/tfjs-backend-cpu');
    kernels ??= makeKernels();
    kernels.forEach(replaceKernel);
    await activate('cpu');
    // Whoever starts it through a driver has chosen it: its advice to install another backend would only be noise.
    (backend() as unknown as CpuBackend).firstUse = false;
  },
  async versions() {
    const { version_cpu } = await import('@tensorflow/tfjs-backend-cpu');
    return { '@tensorflow/tfjs-backend-cpu': version_cpu };
  },
};
