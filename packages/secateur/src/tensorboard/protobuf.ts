// As much of the protobuf wire format as an event needs; fields of an event are numbered in tensorflow/core/util/event.proto
// and tensorflow/core/framework/summary.proto.

/** A field of a message, encoded. */
export type Field = Uint8Array;

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** A whole number of 0 and more. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return bytes;
}

const tag = (field: number, type: number): number[] => varint(field * 8 + type);

/** Fields one after the other: a message. */
export function message(...fields: readonly Field[]): Uint8Array {
  const out = new Uint8Array(fields.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const field of fields) {
    out.set(field, at);
    at += field.length;
  }
  return out;
}

/** A field of type `int64`, not below zero. */
export const whole = (field: number, value: number): Field =>
  Uint8Array.from([...tag(field, VARINT), ...varint(value)]);

/** A field of type `double`. */
export const double = (field: number, value: number): Field =>
  message(Uint8Array.from(tag(field, FIXED64)), littleEndian([value]));

/** A field of type `float`. */
export function float(field: number, value: number): Field {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return message(Uint8Array.from(tag(field, FIXED32)), bytes);
}

/** A field that holds bytes: a text or another message. */
export function bytes(field: number, value: Uint8Array | string): Field {
  const content = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  return message(Uint8Array.from([...tag(field, BYTES), ...varint(content.length)]), content);
}

/** A field of type `repeated double`, packed. */
export const doubles = (field: number, values: readonly number[]): Field =>
  bytes(field, littleEndian(values));

function littleEndian(values: readonly number[]): Uint8Array {
  const out = new Uint8Array(8 * values.length);
  const view = new DataView(out.buffer);
  values.forEach((value, i) => {
    view.setFloat64(8 * i, value, true);
  });
  return out;
}
