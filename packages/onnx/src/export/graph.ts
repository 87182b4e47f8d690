import { create } from '@bufbuild/protobuf';
import {
  GraphProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType as Type,
  ValueInfoProtoSchema,
  type GraphProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from 'onnx-buf';
import type { NamedArray } from '@secateur/groups';
import { checkOptions } from '@secateur/input';
import { argumentError, type OnnxError } from '../error.ts';
import { floatTensor, integerTensor } from '../file/tensor.ts';
import { attributeProto, type OnnxAttribute } from './attributes.ts';

/** Type of the elements of an input or output. */
export type ElementType = 'float32' | 'int32' | 'int64';

/** Size of an axis: a number, or a name for any size. */
export type AxisSize = number | string;

/** Options of {@link OnnxGraph.node}. */
export interface NodeOptions {
  /** What its outputs are called, made unique; by default after the operator. */
  readonly name?: string;
  /** Settings of the operator. */
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

/** A graph in the making. Values are passed by name; an operator's input that is left out is `''`. */
export interface OnnxGraph {
  /** Version of the operators, which settles where some of them take their axes. */
  readonly opset: number;
  /** A float32 constant. A name that is there already stands for the constant that has it. */
  constant(name: string, value: NamedArray): string;
  /** A constant of int64 values `[values.length]`, one for all places that need the same. */
  integers(...values: readonly number[]): string;
  /** A constant int64 without axes, one for all places that need the same. */
  place(value: number): string;
  /** A float32 constant without axes, one for all places that need the same. */
  scalar(value: number): string;
  /** Adds an operator and returns its output. */
  node(op: string, inputs: readonly string[], options?: NodeOptions): string;
  /** Adds an operator with several outputs and returns them. */
  nodes(op: string, inputs: readonly string[], count: number, options?: NodeOptions): string[];
  /** Swaps the first two of three axes; twice is no operator at all. */
  swapTime(x: string): string;
  /** Adds an input. */
  input(name: string, type: ElementType, shape: readonly AxisSize[]): string;
  /** Makes a value an output of this name. */
  output(name: string, value: string, type: ElementType, shape: readonly AxisSize[]): void;
  /** A graph inside a node, which may use the constants and values of this one. */
  body(): OnnxGraph;
  /** The graph as the message of a file. */
  proto(name: string): GraphProto;
}

/** What a graph and those inside its nodes have in common. */
interface Shared {
  readonly opset: number;
  readonly taken: Set<string>;
  readonly constants: Map<string, TensorProto>;
}

/**
 * Starts a graph for operators of a version.
 *
 * @example
 * ```ts
 * import { onnxGraph } from '@secateur/onnx';
 *
 * const graph = onnxGraph();
 * const x = graph.input('x', 'float32', ['batch', 2]);
 * const twice = graph.node('Mul', [x, graph.scalar(2)], { name: 'twice' });
 * graph.output('y', graph.node('Softmax', [twice]), 'float32', ['batch', 2]);
 * const { node, output } = graph.proto('net');
 * node.map(({ opType }) => opType); // => ['Mul', 'Softmax', 'Identity']
 * node[1]?.input; // => ['twice']
 * output.map(({ name }) => name); // => ['y']
 * ```
 */
export function onnxGraph(opset = 17): OnnxGraph {
  return graphOf({ opset, taken: new Set(), constants: new Map() }, true);
}

function graphOf(shared: Shared, outermost: boolean): OnnxGraph {
  const { opset, taken, constants } = shared;
  const nodes: NodeProto[] = [];
  const inputs: ValueInfoProto[] = [];
  const outputs: ValueInfoProto[] = [];
  const swapped = new Map<string, string>();

  const unique = (wanted: string): string => {
    let name = wanted;
    for (let k = 2; taken.has(name); k++) name = `${wanted}.${k}`;
    taken.add(name);
    return name;
  };
  const keep = (name: string, make: () => TensorProto): string => {
    if (constants.has(name)) return name;
    if (taken.has(name)) throw taking(name);
    taken.add(name);
    constants.set(name, make());
    return name;
  };
  const add = (
    op: string,
    from: readonly string[],
    count: number,
    options: NodeOptions = {},
  ): string[] => {
    checkOptions('node', options, { name: true, attributes: true }, argumentError);
    const { name = op.toLowerCase(), attributes = {} } = options;
    const to = Array.from({ length: count }, (_, k) => unique(k === 0 ? name : `${name}:${k}`));
    const attribute = Object.entries(attributes).map(([key, value]) => attributeProto(key, value));
    nodes.push(
      create(NodeProtoSchema, {
        ...{ name: to[0]!, opType: op, attribute },
        ...{ input: [...from], output: to },
      }),
    );
    return to;
  };

  const graph: OnnxGraph = {
    opset,
    constant: (name, value) => keep(name, () => floatTensor(name, value)),
    integers: (...values) => {
      const name = `int64[${values.join(',')}]`;
      return keep(name, () => integerTensor(name, values));
    },
    place: (value) => {
      const name = `int64(${value})`;
      return keep(name, () => integerTensor(name, [value], []));
    },
    scalar: (value) => {
      const name = `float32(${value})`;
      return keep(name, () => floatTensor(name, { shape: [], data: Float32Array.of(value) }));
    },
    node: (op, from, options) => add(op, from, 1, options)[0]!,
    nodes: add,
    swapTime(x) {
      const back = swapped.get(x);
      if (back !== undefined) return back;
      const y = graph.node('Transpose', [x], { attributes: { perm: [1, 0, 2] } });
      swapped.set(y, x);
      swapped.set(x, y);
      return y;
    },
    input(name, type, shape) {
      if (taken.has(name)) throw taking(name);
      taken.add(name);
      inputs.push(valueInfo(name, type, shape));
      return name;
    },
    output(name, value, type, shape) {
      const made = unique(name);
      if (made !== name) throw taking(name);
      nodes.push(
        create(NodeProtoSchema, { name, opType: 'Identity', input: [value], output: [name] }),
      );
      outputs.push(valueInfo(name, type, shape));
    },
    body: () => graphOf(shared, false),
    proto: (name) =>
      create(GraphProtoSchema, {
        ...{ name, node: nodes, input: inputs, output: outputs },
        initializer: outermost ? [...constants.values()] : [],
      }),
  };
  return graph;
}

function taking(name: string): OnnxError {
  return argumentError(
    `onnxGraph: expected a name of its own for each value, found "${name}" twice; rename one.`,
  );
}

const types: Record<ElementType, Type> = {
  float32: Type.FLOAT,
  int32: Type.INT32,
  int64: Type.INT64,
};

function valueInfo(name: string, type: ElementType, shape: readonly AxisSize[]): ValueInfoProto {
  const dim = shape.map((size) => ({
    value:
      typeof size === 'number'
        ? { case: 'dimValue' as const, value: BigInt(size) }
        : { case: 'dimParam' as const, value: size },
  }));
  const value = { elemType: types[type], shape: { dim } };
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value } },
  });
}
