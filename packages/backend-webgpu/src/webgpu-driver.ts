import { backend, type KernelConfig } from '@tensorflow/tfjs-core';
import { activate, type BackendDriver, replaceKernel } from '@secateur/backend/kernels';
import { probe } from './adapter.ts';
import { featuresOf, prepareBackend } from './device.ts';
import type { GpuBackend } from './gpu-backend.ts';
import { addNKernel } from './kernels/add-n.ts';
import { binaryKernels } from './kernels/binary.ts';
import { castKernel } from './kernels/cast.ts';
import { crossEntropyKernels } from './kernels/cross-entropy.ts';
import { denseBincountKernel } from './kernels/dense-bincount.ts';
import { fusedConvolutionKernel } from './kernels/fused-activation.ts';
import { distilledCrossEntropyKernel } from './kernels/distilled-cross-entropy.ts';
import { imageKernels } from './kernels/images.ts';
import { normKernels } from './kernels/norms.ts';
import { padKernel } from './kernels/pad.ts';
import { penaltyFactorsKernel } from './kernels/penalty-factors.ts';
import { poolKernels } from './kernels/pooling.ts';
import { productKernels } from './kernels/products.ts';
import { recurrentKernels } from './kernels/recurrent/recurrent-kernels.ts';
import { reductionKernels } from './kernels/reductions.ts';
import { segmentSumKernel } from './kernels/segment-sum.ts';
import { softmaxKernel } from './kernels/softmax.ts';
import { transposeKernel } from './kernels/transpose.ts';
import { unaryKernels } from './kernels/unary.ts';
import { updateKernels } from './kernels/updates.ts';
import { installedVersions } from './versions.ts';

/** Made once, after TensorFlow.js's: some wrap a stock kernel, and must not wrap themselves at the next start. */
let kernels: readonly KernelConfig[] | undefined;

/**
 * The driver of TensorFlow.js's WebGPU backend, in browsers and in Node, with our kernels.
 *
 * @example
 * ```ts
 * import { useBackend } from '@secateur/backend';
 * import { webgpuDriver } from '@secateur/backend-webgpu';
 *
 * // A software adapter computes as well, but more slowly than wasm.
 * const { available, automatic = true } = await webgpuDriver.probe();
 * const { name } = await useBackend(available && automatic ? 'webgpu' : 'wasm');
 * (name === 'webgpu') === (available && automatic); // => true
 * ```
 */
export const webgpuDriver: BackendDriver = {
  name: 'webgpu',
  module: '@secateur/backend-webgpu',
  probe,
  async start() {
    await prepareBackend();
    kernels ??= [
      ...productKernels(),
      ...reductionKernels(),
      transposeKernel(),
      castKernel(),
      ...unaryKernels(),
      ...binaryKernels(),
      softmaxKernel(),
      fusedConvolutionKernel(),
      ...poolKernels(),
      padKernel(),
      denseBincountKernel(),
      ...imageKernels(),
      addNKernel(),
      segmentSumKernel(),
      ...recurrentKernels(),
      ...crossEntropyKernels(),
      distilledCrossEntropyKernel(),
      ...normKernels(),
      penaltyFactorsKernel(),
      ...updateKernels(),
    ];
    kernels.forEach(replaceKernel);
    await activate('webgpu');
  },
  features: () => featuresOf(backend() as unknown as GpuBackend),
  versions: () => Promise.resolve(installedVersions()),
};
