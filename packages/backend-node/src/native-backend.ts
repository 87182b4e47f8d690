import type { DataId, TensorInfo } from '@tensorflow/tfjs-core';

/** An attribute of a TensorFlow operation, as the addon reads it. */
export interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** A tensor of the addon: a number that stands for TensorFlow's own handle. */
export interface Handle {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** What this package uses of the addon of tfjs-node 4.22.0. */
export interface Binding {
  readonly TF_Version: string;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_INT64: number;
  createTensor(shape: readonly number[], dtype: number, values: ArrayLike<number>): number;
  deleteTensor(id: number): void;
  executeOp(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly number[],
    outputs: number,
  ): Handle[];
}

/** What this package uses of the backend of tfjs-node 4.22.0; `tensorMap` and `getInputTensorIds` are private there. */
export interface NativeBackend {
  readonly binding: Binding;
  readonly isUsingGpuDevice: boolean;
  readonly tensorMap: {
    get(dataId: DataId): { readonly shape: number[] };
    set(
      dataId: DataId,
      data: { shape: number[]; dtype: number; id: number; values: null; refCount: number },
    ): void;
  };
  getInputTensorIds(infos: readonly TensorInfo[]): number[];
}
