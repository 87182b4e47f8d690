import type { AttributeProto, GraphProto, NodeProto, TensorProto } from 'onnx-buf';
import { TensorProto_DataType as Type } from 'onnx-buf';
import type { NamedArray } from '@secateur/groups';
import { transpose } from '@secateur/pruner';
import { modelError, type OnnxError } from '../error.ts';
import { isFloat, readAnyFloats } from '../file/floats.ts';
import { readIntegers, tensorShape } from '../file/tensor.ts';

/** A constant, and which initializer of the file it comes from. */
export interface Constant {
  readonly value: NamedArray;
  readonly origin: string;
  /** Whether it is the initializer turned round. */
  readonly transposed: boolean;
}

/** A constant as the file has it. */
interface FoundTensor {
  readonly tensor: TensorProto;
  /** What it is called where it is float32. */
  readonly origin: string;
  /** Whether it is cast to float32. */
  readonly cast: boolean;
}

/** What is asked of a graph. */
export interface GraphIndex {
  /** The node that makes a value, if one does. */
  nodeOf(value: string): NodeProto | undefined;
  /** The tensor of an initializer or of a `Constant` node, behind any number of `Identity`, and of `Cast` to float32. */
  tensorOf(value: string): FoundTensor | undefined;
  /** A float32 constant, stored as such or cast to it, turned round where a `Transpose` says so. */
  constantOf(value: string): Constant | undefined;
  /** A constant of whole numbers. */
  integersOf(value: string | undefined): number[] | undefined;
  /** The axes of an input of the graph as they are declared, if it is one. */
  inputRank(value: string): number | undefined;
  /** Whether a value is an input of the graph. */
  isInput(value: string): boolean;
}

/** Looks up what makes each value of a graph. */
export function indexGraph(graph: GraphProto): GraphIndex {
  const nodes = new Map<string, NodeProto>();
  for (const node of graph.node) {
    for (const output of node.output) if (output !== '') nodes.set(output, node);
  }
  const initializers = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  // Old files list their initializers among the inputs too.
  const inputs = new Map(
    graph.input.filter(({ name }) => !initializers.has(name)).map((input) => [input.name, input]),
  );

  const tensorOf: GraphIndex['tensorOf'] = (value) => {
    let origin: string | undefined;
    for (let at = value, hops = 0; hops <= graph.node.length; hops++) {
      const tensor = initializers.get(at);
      const found = { origin: origin ?? at, cast: origin !== undefined };
      if (tensor !== undefined) return { tensor, ...found };
      const node = nodes.get(at);
      const given = node?.opType === 'Constant' ? attributeOf(node, 'value')?.t : undefined;
      if (given !== undefined) return { tensor: given, ...found };
      const cast = node?.opType === 'Cast' && integerOf(node, 'to', 0) === (Type.FLOAT as number);
      if (node?.opType !== 'Identity' && !cast) return undefined;
      if (cast) origin ??= at;
      at = node.input[0]!;
    }
    return undefined;
  };
  const floatsOf = ({ tensor, cast }: FoundTensor): NamedArray | undefined =>
    tensor.dataType === (Type.FLOAT as number) || (cast && isFloat(tensor))
      ? readAnyFloats(tensor)
      : undefined;
  return {
    nodeOf: (value) => nodes.get(value),
    tensorOf,
    constantOf(value) {
      const node = nodes.get(value);
      const transposed = node?.opType === 'Transpose' && tensorOf(node.input[0]!) !== undefined;
      const found = tensorOf(transposed ? node.input[0]! : value);
      const stored = found && floatsOf(found);
      if (stored === undefined) return undefined;
      const { origin } = found!;
      if (!transposed) return { value: stored, origin, transposed };
      const perm = attributeOf(node, 'perm')?.ints.map(Number) ?? [1, 0];
      if (stored.shape.length !== 2 || perm.join() !== '1,0') return undefined;
      return { value: transpose(stored), origin, transposed };
    },
    integersOf: (value = '') => {
      const found = tensorOf(value);
      return found && !found.cast ? readIntegers(found.tensor) : undefined;
    },
    inputRank(value) {
      const type = inputs.get(value)?.type?.value;
      return type?.case === 'tensorType' ? type.value.shape?.dim.length : undefined;
    },
    isInput: (value) => inputs.has(value),
  };
}

/** An attribute of a node by its name. */
export function attributeOf(node: NodeProto, name: string): AttributeProto | undefined {
  return node.attribute.find((attribute) => attribute.name === name);
}

/** A whole number among the attributes of a node. */
export function integerOf(node: NodeProto, name: string, otherwise: number): number {
  const found = attributeOf(node, name);
  return found === undefined ? otherwise : Number(found.i);
}

/** The axes that a node takes as an input, or in old files as an attribute. */
export function axesOf(index: GraphIndex, node: NodeProto): number[] | undefined {
  return attributeOf(node, 'axes')?.ints.map(Number) ?? index.integersOf(node.input[1]);
}

/** A float32 constant that a node cannot do without. */
export function requireConstant(index: GraphIndex, node: NodeProto, place: number): Constant {
  const found = index.constantOf(node.input[place] ?? '');
  if (found !== undefined) return found;
  throw unfit(node, `float32 constants as its weights, found "${node.input[place] ?? ''}"`);
}

/** Whether a value is zeros of any shape. */
export function isZeros(index: GraphIndex, value: string): boolean {
  const found = index.tensorOf(value);
  if (found === undefined) return false;
  if (!isFloat(found.tensor)) return tensorShape(found.tensor).includes(0);
  return readAnyFloats(found.tensor).data.every((each) => each === 0);
}

/** How a message names a node: `LSTM "rnn"`. */
export function called(node: NodeProto): string {
  return `${node.opType} "${node.name || (node.output[0] ?? '')}"`;
}

/** An error that names a node: what was expected of it, and what was found. */
export function unfit(node: NodeProto, expected: string): OnnxError {
  return modelError(
    `fromOnnx: ${called(node)}: expected ${expected}; a network that cannot be trained on here can still be pruned as a file.`,
  );
}
