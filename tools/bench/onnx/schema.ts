import protobuf from 'protobufjs';

// The messages of onnx.proto3 (https://github.com/onnx/onnx) and their fields that a stack of LSTMs needs.
const { root } = protobuf.parse(
  `
  syntax = "proto3";
  message ModelProto {
    int64 ir_version = 1;
    string producer_name = 2;
    GraphProto graph = 7;
    repeated OperatorSetIdProto opset_import = 8;
  }
  message OperatorSetIdProto { string domain = 1; int64 version = 2; }
  message GraphProto {
    repeated NodeProto node = 1;
    string name = 2;
    repeated TensorProto initializer = 5;
    repeated ValueInfoProto input = 11;
    repeated ValueInfoProto output = 12;
  }
  message NodeProto {
    repeated string input = 1;
    repeated string output = 2;
    string name = 3;
    string op_type = 4;
    repeated AttributeProto attribute = 5;
  }
  message AttributeProto { string name = 1; int64 i = 3; int32 type = 20; }
  message TensorProto {
    repeated int64 dims = 1;
    int32 data_type = 2;
    string name = 8;
    bytes raw_data = 9;
  }
  message ValueInfoProto { string name = 1; TypeProto type = 2; }
  message TypeProto { TensorType tensor_type = 1; }
  message TensorType { int32 elem_type = 1; TensorShapeProto shape = 2; }
  message TensorShapeProto { repeated Dimension dim = 1; }
  message Dimension { int64 dim_value = 1; string dim_param = 2; }
`,
  { keepCase: true },
);

const model = root.lookupType('ModelProto');

/** Numbers of ONNX's element and attribute types. */
export const [FLOAT, INT64, INT] = [1, 7, 2] as const;

/** A constant of a graph. */
export interface Initializer {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

/** One operation of a graph. */
export interface GraphNode {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Whole numbers only. */
  readonly attributes?: Readonly<Record<string, number>>;
}

/** A graph from `x` to `y`, both float32; a dimension is a number or a name for any. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly initializers: readonly Initializer[];
  readonly x: readonly (number | string)[];
  readonly y: readonly (number | string)[];
}

/** Writes an ONNX file of operator set 17. */
export function encodeOnnx({ nodes, initializers, x, y }: Graph): Uint8Array {
  const value = (name: string, shape: Graph['x']): object => ({
    name,
    type: {
      tensor_type: {
        elem_type: FLOAT,
        shape: {
          dim: shape.map((dim) =>
            typeof dim === 'number' ? { dim_value: dim } : { dim_param: dim },
          ),
        },
      },
    },
  });
  return model
    .encode({
      ir_version: 8,
      producer_name: 'secateur bench',
      opset_import: [{ domain: '', version: 17 }],
      graph: {
        name: 'network',
        node: nodes.map(({ type, inputs, outputs, attributes = {} }) => ({
          input: inputs,
          output: outputs,
          op_type: type,
          attribute: Object.entries(attributes).map(([name, i]) => ({ name, i, type: INT })),
        })),
        initializer: initializers.map(({ name, dims, data }) => ({
          name,
          dims,
          data_type: data instanceof Float32Array ? FLOAT : INT64,
          raw_data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
        })),
        input: [value('x', x)],
        output: [value('y', y)],
      },
    })
    .finish();
}
