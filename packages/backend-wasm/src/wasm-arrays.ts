import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { ArrayBackend, TensorArray } from '@secateur/backend/kernels';

/** Tensors of the WASM backend as views of its heap. An allocation may grow the heap and detach earlier views. */
export const wasmArrays: ArrayBackend = {
  allocate: (backend, shape, dtype) => (backend as BackendWasm).makeOutput(shape, dtype),
  view: (backend, info) => (backend as BackendWasm).typedArrayFromHeap(info) as TensorArray,
};

/** Makes a tensor of zeros. */
export function zerosOf(backend: BackendWasm, shape: number[], dtype: DataType): TensorInfo {
  const out = backend.makeOutput(shape, dtype);
  backend.typedArrayFromHeap(out).fill(0);
  return out;
}
