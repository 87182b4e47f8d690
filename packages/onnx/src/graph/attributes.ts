import type { AttributeProto, NodeProto, TensorProto } from 'onnx-buf';
import type { Literal } from './value.ts';

/** An attribute of a node. */
export function attributeOf(node: NodeProto, name: string): AttributeProto | undefined {
  return node.attribute.find((attribute) => attribute.name === name);
}

/** A whole number; `missing` when the node has none of that name. */
export function intOf<T extends number | undefined>(
  node: NodeProto,
  name: string,
  missing: T,
): number | T {
  const attribute = attributeOf(node, name);
  return attribute === undefined ? missing : Number(attribute.i);
}

/** A list of whole numbers, if the node has it. */
export function intsOf(node: NodeProto, name: string): number[] | undefined {
  return attributeOf(node, name)?.ints.map(Number);
}

/** A text; `missing` when the node has none of that name. */
export function textOf(node: NodeProto, name: string, missing: string): string {
  const attribute = attributeOf(node, name);
  return attribute === undefined ? missing : String.fromCharCode(...attribute.s.subarray(0, 64));
}

/** A tensor, if the node has it. */
export function tensorOf(node: NodeProto, name: string): TensorProto | undefined {
  return attributeOf(node, name)?.t;
}

/** A number that a node has as an attribute. */
export function intLiteral(attribute: AttributeProto): Literal {
  return literal(Number(attribute.i), (value) => {
    attribute.i = BigInt(value);
  });
}

/** The numbers that a node has as an attribute. */
export function intsLiterals(attribute: AttributeProto): Literal[] {
  return attribute.ints.map((value, i) =>
    literal(Number(value), (changed) => {
      attribute.ints[i] = BigInt(changed);
    }),
  );
}

/** A number that can be written again. */
export function literal(value: number, write: (value: number) => void): Literal {
  return { value, write, axes: [], negative: false, frozen: undefined };
}
