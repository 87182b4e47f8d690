/** The element types that are read and written, by the names of the format. */
export type Dtype =
  | 'F64'
  | 'F32'
  | 'F16'
  | 'BF16'
  | 'I64'
  | 'I32'
  | 'I16'
  | 'I8'
  | 'U64'
  | 'U32'
  | 'U16'
  | 'U8'
  | 'BOOL';

/** The arrays that hold a tensor's elements. */
export type TypedArray =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

/** A tensor of a file. */
export interface SafetensorsTensor {
  /** Sizes of the axes; `[]` for a scalar. */
  readonly shape: readonly number[];
  /** Type of the elements. */
  readonly dtype: Dtype;
  /**
   * The elements in row-major order, in the array of their type. `F16` and `BF16` are raw bits in a `Uint16Array`, which
   * `toFloat32` decodes, `BOOL` is 0 or 1 in a `Uint8Array`.
   */
  readonly data: TypedArray;
}

/** A tensor to be written. */
export interface SafetensorsInput {
  /** Sizes of the axes; `[]` for a scalar. */
  readonly shape: readonly number[];
  /** The elements in row-major order, as many as the product of the shape. */
  readonly data: TypedArray;
  /**
   * Type of the elements; by default that of the array. Needed for raw bits: `F16` or `BF16` in a `Uint16Array`, `BOOL`
   * in a `Uint8Array`.
   */
  readonly dtype?: Dtype;
}

/** The contents of a file. */
export interface SafetensorsFile {
  /** The tensors by name, each with an array of its own. */
  readonly tensors: Readonly<Record<string, SafetensorsTensor>>;
  /** The texts of the file's `__metadata__`; empty if it has none. */
  readonly metadata: Readonly<Record<string, string>>;
}
