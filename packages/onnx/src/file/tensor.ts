import { create } from '@bufbuild/protobuf';
import {
  TensorProto_DataLocation as Location,
  TensorProto_DataType as Type,
  TensorProtoSchema,
  type TensorProto,
  type TypeProto,
} from 'onnx-buf';
import type { NamedArray } from '@secateur/groups';
import { fileError } from '../error.ts';

/**
 * The shape of a constant, checked against the number of its values.
 *
 * @throws {@link OnnxError} for sizes that are negative or beyond 2^53, and for values in another file.
 */
export function tensorShape(tensor: TensorProto): number[] {
  const shape = tensor.dims.map(Number);
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw fileError(
      `constant "${tensor.name}": expected whole sizes of at least 0, found [${tensor.dims.join(', ')}].`,
    );
  }
  if (tensor.dataLocation === Location.EXTERNAL) {
    throw fileError(
      `constant "${tensor.name}": expected its values in the ONNX file, found them in another one; save the model as a single file first.`,
    );
  }
  return shape;
}

/** The declared shape of a tensor, `undefined` where a run decides. */
export function shapeOf(type: TypeProto | undefined): (number | undefined)[] | undefined {
  if (type?.value.case !== 'tensorType') return undefined;
  return type.value.value.shape?.dim.map(({ value }) => {
    if (value.case !== 'dimValue') return undefined;
    const size = Number(value.value);
    return Number.isSafeInteger(size) && size > 0 ? size : undefined;
  });
}

/** The values of a constant of whole numbers (int64 or int32), or undefined for another type or a wrong number of them. */
export function readIntegers(tensor: TensorProto): number[] | undefined {
  const size = tensorShape(tensor).reduce((product, length) => product * length, 1);
  const raw = tensor.rawData;
  let values: number[] | undefined;
  if (tensor.dataType === (Type.INT64 as number)) {
    if (raw.length % 8 !== 0) return undefined;
    values = Array.from(raw.length > 0 ? new BigInt64Array(copyOf(raw)) : tensor.int64Data, Number);
  } else if (tensor.dataType === (Type.INT32 as number)) {
    if (raw.length % 4 !== 0) return undefined;
    values = Array.from(raw.length > 0 ? new Int32Array(copyOf(raw)) : tensor.int32Data);
  }
  return values?.length === size ? values : undefined;
}

/** A float32 constant under a name. */
export function floatTensor(name: string, { shape, data }: NamedArray): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dims: shape.map(BigInt),
    dataType: Type.FLOAT,
    rawData: bytesOf(data),
  });
}

/** A constant of int64 values under a name; `[values.length]` unless a shape is given. */
export function integerTensor(
  name: string,
  values: readonly number[],
  shape: readonly number[] = [values.length],
): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dims: shape.map(BigInt),
    dataType: Type.INT64,
    rawData: bytesOf(BigInt64Array.from(values, BigInt)),
  });
}

/** A copy, which starts at offset 0 of its buffer, as every element type can. */
export function copyOf(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}

function bytesOf(data: Float32Array | BigInt64Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
}
