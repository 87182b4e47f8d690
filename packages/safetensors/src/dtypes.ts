import type { Dtype, TypedArray } from './types.ts';

/** A typed array's constructor, as far as it is used here. */
export interface ArrayType {
  readonly name: string;
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer): TypedArray;
}

/**
 * The array of each element type, in the order of tensors in a file: wide types first, so that every tensor of a
 * gapless file is aligned to its own elements. Within a width it is the order of the format's own library.
 */
export const arrayTypes: Readonly<Record<Dtype, ArrayType>> = {
  U64: BigUint64Array,
  I64: BigInt64Array,
  F64: Float64Array,
  F32: Float32Array,
  U32: Uint32Array,
  I32: Int32Array,
  BF16: Uint16Array,
  F16: Uint16Array,
  U16: Uint16Array,
  I16: Int16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
};

/** All element types, in the order of tensors in a file. */
export const dtypes: readonly Dtype[] = Object.keys(arrayTypes) as Dtype[];

const defaults: readonly Dtype[] = dtypes.filter(
  (dtype) => !['F16', 'BF16', 'BOOL'].includes(dtype),
);

/** The element type that an array stands for when none is given; undefined for anything else than a typed array. */
export function defaultDtype(data: unknown): Dtype | undefined {
  return defaults.find((dtype) => holds(dtype, data));
}

/** Whether `data` is the kind of array that holds elements of type `dtype`. */
export function holds(dtype: Dtype, data: unknown): data is TypedArray {
  return Object.prototype.toString.call(data) === `[object ${arrayTypes[dtype].name}]`;
}
