import { create, type MessageInitShape } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as Kind,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType as Type,
  ValueInfoProtoSchema,
  type AttributeProto,
  type GraphProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from 'onnx-buf';
import { encodeOnnx } from '../src/index.ts';
import { floatTensor, integerTensor } from '../src/file/tensor.ts';

type Shape = readonly (number | string)[];
type Setting = number | string | readonly number[] | GraphProto;

/** A node of a graph that is written by hand. */
export function node(
  op: string,
  input: readonly string[],
  output: readonly string[],
  settings: Readonly<Record<string, Setting>> = {},
): NodeProto {
  return create(NodeProtoSchema, {
    ...{
      opType: op,
      name: output.find((name) => name !== '')!,
      input: [...input],
      output: [...output],
    },
    attribute: Object.entries(settings).map(([name, value]) => attribute(name, value)),
  });
}

function attribute(name: string, value: Setting): AttributeProto {
  const kinds: MessageInitShape<typeof AttributeProtoSchema> =
    typeof value === 'number'
      ? { type: Kind.INT, i: BigInt(value) }
      : typeof value === 'string'
        ? { type: Kind.STRING, s: new TextEncoder().encode(value) }
        : Array.isArray(value)
          ? { type: Kind.INTS, ints: (value as number[]).map(BigInt) }
          : { type: Kind.GRAPH, g: value as GraphProto };
  return create(AttributeProtoSchema, { name, ...kinds });
}

/** Numbers that are alike in no two places, from -0.5 to 0.5. */
export function constant(name: string, shape: readonly number[], seed = name.length): TensorProto {
  const length = shape.reduce((product, size) => product * size, 1);
  const data = Float32Array.from({ length }, (_, i) => Math.sin(1 + 7.3 * i + 3.1 * seed) / 2);
  return floatTensor(name, { shape, data });
}

/** A small tensor of whole numbers. */
export const integers = integerTensor;

/** The weights of a recurrent node: `w`, `r` and `b` under a prefix. */
export function weights(
  prefix: string,
  [input, units, gates]: readonly [number, number, number],
  directions = 1,
): TensorProto[] {
  return [
    constant(`${prefix}.w`, [directions, gates * units, input], 1),
    constant(`${prefix}.r`, [directions, gates * units, units], 2),
    constant(`${prefix}.b`, [directions, 2 * gates * units], 3),
  ];
}

/** A float32 tensor that comes in or goes out. */
export function end(name: string, shape: Shape | undefined): ValueInfoProto {
  const dim = shape?.map((size) => ({
    value:
      typeof size === 'number'
        ? { case: 'dimValue' as const, value: BigInt(size) }
        : { case: 'dimParam' as const, value: size },
  }));
  const type = { elemType: Type.FLOAT, ...(dim && { shape: { dim } }) };
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value: type } },
  });
}

/** Makes a tensor that comes in or goes out one of another type. */
export function retype({ type }: ValueInfoProto, to: Type): void {
  if (type?.value.case === 'tensorType') type.value.value.elemType = to;
}

/** What a graph consists of. */
export interface GraphParts {
  readonly inputs?: Readonly<Record<string, Shape>>;
  readonly outputs: Readonly<Record<string, Shape | undefined>>;
  readonly constants?: readonly TensorProto[];
  readonly nodes: readonly NodeProto[];
}

/** A graph. */
export function graph({ inputs = {}, outputs, constants = [], nodes }: GraphParts): GraphProto {
  return create(GraphProtoSchema, {
    ...{ name: 'hand', node: [...nodes], initializer: [...constants] },
    input: Object.entries(inputs).map(([name, shape]) => end(name, shape)),
    output: Object.entries(outputs).map(([name, shape]) => end(name, shape)),
  });
}

/** The bytes of a file. */
export function file(parts: GraphParts, opset = 17): Uint8Array {
  return encodeOnnx(
    create(ModelProtoSchema, {
      ...{ irVersion: 8n, graph: graph(parts), docString: 'by hand' },
      opsetImport: [{ domain: '', version: BigInt(opset) }],
    }),
  );
}
