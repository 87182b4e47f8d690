import type { TensorInfo } from '@tensorflow/tfjs-core';

/** What is used here of a GPU buffer; TypeScript's own types of WebGPU differ from TensorFlow.js's. */
interface GpuBuffer {
  readonly size: number;
  readonly usage: number;
}

/** A number that a program reads from its uniforms. */
interface Uniform {
  /** Type of the number. */
  readonly type: 'int32' | 'uint32' | 'float32';
  /** The number, as the only entry. */
  data: number[];
}

/** What is used here of TensorFlow.js's `WebGPUBackend` 4.22.0; a part of it is private there. */
export interface GpuBackend {
  readonly device: GPUDevice;
  readonly bufferManager: {
    acquireBuffer(size: number, usage: number, mapped?: boolean, reuse?: boolean): GpuBuffer;
  };
  readonly tensorMap: {
    get(dataId: object): { values: unknown; resource?: GpuBuffer | null };
  };
  /** Buffers of uniforms that are free once the queue has been submitted. */
  uniformPendingDisposal: GpuBuffer[];
  commandQueueOwnedIds: WeakSet<object>;
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  dispatchCountInPass: number;
  readonly thresholdToIncreaseWorkgroups: number;
  makeTensorInfo(shape: number[], dtype: TensorInfo['dtype'], values?: unknown): TensorInfo;
  uploadToGPU(dataId: object): void;
  disposeData(dataId: object, force?: boolean): boolean;
  incRef(dataId: object): void;
  /** Whether small tensors that were never on the device are computed on the CPU, where kernels have code for it. */
  shouldExecuteOnCPU(inputs: TensorInfo[]): boolean;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  runWebGPUProgram(
    program: unknown,
    inputs: TensorInfo[],
    dtype: TensorInfo['dtype'],
    uniforms?: Uniform[],
    output?: TensorInfo,
  ): TensorInfo;
  read(dataId: object): Promise<unknown>;
  readSync(dataId: object): unknown;
}

/** Number of entries of a tensor. */
export function sizeOf({ shape }: { readonly shape: readonly number[] }): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** The same values under another shape of the same size; the data stay the first tensor's. */
export function as(info: TensorInfo, ...shape: number[]): TensorInfo {
  return { ...info, shape };
}
