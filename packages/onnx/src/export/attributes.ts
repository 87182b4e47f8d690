import { create } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as Type,
  AttributeProtoSchema,
  type AttributeProto,
  type GraphProto,
} from 'onnx-buf';

/** A setting of a node. Whole numbers are plain; other numbers say so, since ONNX tells 1 from 1.0. */
export type OnnxAttribute =
  | number
  | string
  | readonly number[]
  | readonly string[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly graph: GraphProto };

/** An attribute as the message of a file. */
export function attributeProto(name: string, value: OnnxAttribute): AttributeProto {
  return create(AttributeProtoSchema, { name, ...fieldsOf(value) });
}

/** The bytes of a text; names of operators, directions and equations are ASCII. */
const bytes = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(text, (letter) => letter.charCodeAt(0));

function fieldsOf(value: OnnxAttribute): Partial<Omit<AttributeProto, `$${string}`>> {
  if (typeof value === 'number') return { type: Type.INT, i: BigInt(value) };
  if (typeof value === 'string') return { type: Type.STRING, s: bytes(value) };
  if ('float' in value) return { type: Type.FLOAT, f: value.float };
  if ('floats' in value) return { type: Type.FLOATS, floats: [...value.floats] };
  if ('graph' in value) return { type: Type.GRAPH, g: value.graph };
  const [first] = value;
  return typeof first === 'string'
    ? { type: Type.STRINGS, strings: (value as readonly string[]).map(bytes) }
    : { type: Type.INTS, ints: (value as readonly number[]).map(BigInt) };
}
