import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { getKernel, type KernelConfig } from '@tensorflow/tfjs-core';
import { heapOf } from './heap.ts';

/** The stock kernels whose functions return an address, of a block with more addresses. */
const returning = ['NonMaxSuppressionV3', 'NonMaxSuppressionV4', 'NonMaxSuppressionV5'];

/**
 * Has stock kernels find their results above 2 GiB. WebAssembly hands addresses to JavaScript as signed numbers, negative
 * from there on, and TensorFlow.js takes those that its module returns as they are.
 */
export function unsignedAddresses(backend: BackendWasm): void {
  if (Object.hasOwn(backend, 'makeOutput')) return;
  const makeOutput = backend.makeOutput.bind(backend);
  backend.makeOutput = (shape, dtype, memoryOffset, values) =>
    makeOutput(shape, dtype, memoryOffset == null ? undefined : memoryOffset >>> 0, values);

  const heap = heapOf(backend);
  const { cwrap } = heap;
  heap.cwrap = (name, result, ...rest) => {
    const call = cwrap(name, result, ...rest);
    return result === 'number' ? (...args) => (call(...args) as number) >>> 0 : call;
  };
  // They got their functions when the backend was made, and get them anew whenever it is chosen.
  for (const name of returning) {
    (getKernel(name, 'wasm') as KernelConfig | undefined)?.setupFunc?.(backend);
  }
}
