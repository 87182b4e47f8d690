import { setWasmPaths, version_wasm } from '@tensorflow/tfjs-backend-wasm';
import type { KernelConfig } from '@tensorflow/tfjs-core';
import { activate, type BackendDriver, replaceKernel, segmentSumKernel } from '@whittle/backend';
import { binaryFolder } from './binary-folder.ts';
import { castKernel } from './cast.ts';
import { conv2dBackpropFilterKernel } from './conv2d-backprop-filter.ts';
import { lstmSequenceGradKernel, lstmSequenceKernel } from './simd/lstm-kernels.ts';
import { identityKernel } from './identity.ts';
import { groupSquaredNormsKernel, penalisedSquaredNormKernel } from './simd/norm-kernels.ts';
import { batchMatMulKernel, fusedMatMulKernel } from './simd/product-kernels.ts';
import { updateKernels } from './simd/update-kernels.ts';
import { wasmArrays } from './wasm-arrays.ts';

/** Made once: the product wraps the stock kernel, and must not wrap itself when the backend is started again. */
const kernels: readonly KernelConfig[] = [
  conv2dBackpropFilterKernel(),
  batchMatMulKernel(),
  fusedMatMulKernel(),
  lstmSequenceKernel(),
  lstmSequenceGradKernel(),
  castKernel(),
  identityKernel(),
  segmentSumKernel('wasm', wasmArrays),
  groupSquaredNormsKernel(),
  penalisedSquaredNormKernel(),
  ...updateKernels(),
];

/** The driver of TensorFlow.js's WASM backend: its binaries found, its missing kernels added, its slow ones replaced. */
export const wasmDriver: BackendDriver = {
  name: 'wasm',
  module: '@whittle/backend-wasm',
  probe() {
    const available = 'WebAssembly' in globalThis;
    return Promise.resolve(
      available
        ? { available, reason: 'WebAssembly on the CPU, with SIMD where the engine has it' }
        : {
            available,
            reason: 'this JavaScript engine has no WebAssembly',
            fix: 'use Node 20 or a current browser',
          },
    );
  },
  async start({ binaries = binaryFolder() }) {
    // The paths only matter until the module is loaded; setting them after a failed start would throw.
    if (binaries !== undefined)
      setWasmPaths(typeof binaries === 'string' ? binaries : { ...binaries });
    kernels.forEach(replaceKernel);
    await activate('wasm');
  },
  versions: () => Promise.resolve({ '@tensorflow/tfjs-backend-wasm': version_wasm }),
};
