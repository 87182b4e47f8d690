import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';

/** The values of a tensor, as the loops of the kernels read and write them. */
export type TensorArray = Float32Array | Int32Array | Uint8Array;

/** How a kernel written as a loop over typed arrays reaches the tensors of a backend that keeps them in memory. */
export interface ArrayBackend {
  /** Makes an output tensor; its values are undefined until written. */
  allocate(backend: object, shape: number[], dtype: DataType): TensorInfo;
  /** Returns the tensor's own values, not a copy; valid until the next allocation. */
  view(backend: object, info: TensorInfo): TensorArray;
}
