import { TensorProto_DataType as Type, type TensorProto } from 'onnx-buf';
import type { NamedArray } from '@secateur/groups';
import { fileError, modelError } from '../error.ts';
import { copyOf, tensorShape } from './tensor.ts';

/** Types of constants that hold floats, with the bytes of an entry. */
const floatBytes: ReadonlyMap<number, number> = new Map([
  [Type.FLOAT, 4],
  [Type.FLOAT16, 2],
  [Type.BFLOAT16, 2],
  [Type.DOUBLE, 8],
]);

/** Whether a type is one of floats that can be pruned: float32, float16, bfloat16 or float64. */
export const isFloatType = (type: number): boolean => floatBytes.has(type);

/** Whether a constant holds such floats. */
export const isFloat = ({ dataType }: TensorProto): boolean => isFloatType(dataType);

/**
 * The values of a float32 constant, `[...dims]` in row-major order.
 *
 * @throws {@link OnnxError} for another type, and for as many values as the shape does not ask for.
 */
export function readFloats(tensor: TensorProto): NamedArray {
  // What is wrong with the shape is said before what is wrong with the type.
  tensorShape(tensor);
  if (tensor.dataType !== (Type.FLOAT as number)) {
    throw modelError(
      `constant "${tensor.name}": expected float32 values, found ${Type[tensor.dataType] ?? `type ${tensor.dataType}`}.`,
    );
  }
  return readAnyFloats(tensor);
}

/**
 * The values of a constant of floats as float32, `[...dims]` in row-major order. What is not zero stays so: a float64 below
 * the least float32 becomes that.
 *
 * @throws {@link OnnxError} for as many values as the shape does not ask for.
 */
export function readAnyFloats(tensor: TensorProto): NamedArray {
  const shape = tensorShape(tensor);
  const size = shape.reduce((product, length) => product * length, 1);
  const entries = entriesOf(tensor, size);
  if (entries.bytes === undefined) {
    const { list } = entries;
    const read = tensor.dataType === (Type.FLOAT16 as number) ? half : brain;
    const packed = list === tensor.int32Data;
    return {
      shape,
      data: Float32Array.from(list, (value) => (packed ? read(value) : nonzero(value))),
    };
  }
  const { bytes, width } = entries;
  if (width === 4) return { shape, data: new Float32Array(copyOf(bytes)) };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    if (width === 8) data[i] = nonzero(view.getFloat64(i * 8, true));
    else {
      const bits = view.getUint16(i * 2, true);
      data[i] = tensor.dataType === (Type.FLOAT16 as number) ? half(bits) : brain(bits);
    }
  }
  return { shape, data };
}

/** Where the entries of a constant are: in its bytes, or in the list for its type. */
type Entries =
  | { readonly bytes: Uint8Array; readonly width: number }
  | { readonly bytes: undefined; readonly list: number[] };

function entriesOf(tensor: TensorProto, size: number): Entries {
  const { rawData: bytes, dataType, name } = tensor;
  const width = floatBytes.get(dataType)!;
  const list =
    dataType === (Type.FLOAT as number)
      ? tensor.floatData
      : dataType === (Type.DOUBLE as number)
        ? tensor.doubleData
        : tensor.int32Data;
  const found = bytes.length > 0 ? bytes.length / width : list.length;
  if (found !== size) {
    throw fileError(
      `constant "${name}": expected ${size} values for the shape [${tensor.dims.join(', ')}], found ${found}.`,
    );
  }
  return bytes.length > 0 ? { bytes, width } : { bytes: undefined, list };
}

/** A float32 that is zero only where the float64 is. */
function nonzero(value: number): number {
  const rounded = Math.fround(value);
  return rounded === 0 && value !== 0 ? Math.sign(value) * 2 ** -149 : rounded;
}

/** The value of a float16: a sign, 5 bits of exponent, 10 of fraction. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 0x1f, bits & 0x3ff];
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The value of a bfloat16: the upper half of a float32. */
function brain(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bits * 0x10000);
  return view.getFloat32(0);
}

/** Indices to keep along each axis, undefined for all. */
export type Keep = readonly (readonly number[] | undefined)[];

/**
 * Cuts a constant of floats down to the kept indices of each axis. With several lists, one for each index of axis 0, each
 * keeps indices of its own, as many as the others.
 */
export function cutTensor(tensor: TensorProto, keeps: readonly Keep[]): void {
  const shape = tensorShape(tensor);
  const size = shape.reduce((product, length) => product * length, 1);
  const entries = entriesOf(tensor, size);
  const strides = shape.map((_, axis) =>
    shape.slice(axis + 1).reduce((p, length) => p * length, 1),
  );
  const places: number[] = [];
  keeps.forEach((keep, part) => {
    const lists = shape.map((length, axis) => {
      if (axis === 0 && keeps.length > 1) return [part];
      return keep[axis] ?? Array.from({ length }, (_, i) => i);
    });
    const walk = (axis: number, from: number): void => {
      if (axis === shape.length) places.push(from);
      else for (const index of lists[axis]!) walk(axis + 1, from + index * strides[axis]!);
    };
    walk(0, 0);
  });
  const kept = shape.map((length, axis) => keeps[0]![axis]?.length ?? length);
  tensor.dims = kept.map(BigInt);
  if (entries.bytes === undefined) {
    const { list } = entries;
    const left = places.map((place) => list[place]!);
    list.length = 0;
    for (const value of left) list.push(value);
    return;
  }
  const { bytes, width } = entries;
  const left = new Uint8Array(places.length * width);
  places.forEach((place, i) => {
    left.set(bytes.subarray(place * width, (place + 1) * width), i * width);
  });
  tensor.rawData = left;
}
