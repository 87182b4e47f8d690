import { TensorProto_DataType as Type, type TensorProto } from 'onnx-buf';
import { isFloat } from '../file/floats.ts';
import { readIntegers, tensorShape } from '../file/tensor.ts';
import { intLiteral, intsLiterals, literal } from './attributes.ts';
import type { Call, Context } from './context.ts';
import { fixedAxis, newAxis, type Axis } from './span.ts';
import { newValue, opaque, stacked, type Literal, type Value, type Weight } from './value.ts';

/** Most whole numbers of a constant that is followed. */
const MOST_NUMBERS = 64;

/** The value of a constant of the file. */
export function constantValue(name: string, tensor: TensorProto, context: Context): Value {
  const shape = tensorShape(tensor);
  if (!isFloat(tensor)) {
    const fixed = shape.map((size) => fixedAxis(size, `constant "${name}"`));
    return newValue(name, fixed, { entries: entriesIn(tensor, shape, context) });
  }
  const fresh = (): Axis[] => shape.map((size) => newAxis(name, size));
  const [count] = shape;
  const apart = shape.length > 1 && count === 2 && context.directional.has(name);
  const axes = Array.from({ length: apart ? 2 : 1 }, fresh);
  if (apart) {
    const directions = fixedAxis(2, `constant "${name}" has one for each direction`);
    for (const each of axes) each[0] = directions;
    axes[0]!.forEach((axis, i) => {
      if (i > 0) context.ties.push({ pair: [axis, axes[1]![i]!], user: `constant "${name}"` });
    });
  }
  const taken = new Set(context.weights.map((weight) => weight.name));
  let unique = name;
  for (let i = 2; taken.has(unique); i++) unique = `${name}#${i}`;
  const value: Value = stacked(name, 0, axes, { origins: [], zero: isZero(tensor) });
  const weight: Weight = {
    ...{ name: unique, tensor, shape, value, lookup: false },
    roles: shape.map(() => undefined),
  };
  (value.origins as unknown[]).push({ weight, axes: shape.map((_, i) => i) });
  context.weights.push(weight);
  return value;
}

/** A constant that is a node. */
export function constantNode({ node, context, label }: Call): Value[] {
  const [name = ''] = node.output;
  const [attribute] = node.attribute;
  const axis = (size: number): Axis => fixedAxis(size, label);
  if (attribute?.t !== undefined && attribute.name === 'value') {
    return [constantValue(name, attribute.t, context)];
  }
  if (attribute?.name === 'value_int' || attribute?.name === 'value_ints') {
    const single = attribute.name === 'value_int';
    const literals = single ? [intLiteral(attribute)] : intsLiterals(attribute);
    context.literals.push(...literals);
    const entries = literals.map((literal) => ({ value: literal.value, literal }));
    return [newValue(name, single ? [] : [axis(literals.length)], { entries })];
  }
  if (attribute?.name === 'value_float') return [newValue(name, [])];
  if (attribute?.name === 'value_floats') return [newValue(name, [axis(attribute.floats.length)])];
  return [opaque(name, undefined, `${label} is of an unknown kind`)];
}

/** Whether all that a constant holds is zero. */
export function isZero(tensor: TensorProto): boolean {
  const { rawData, floatData, doubleData, int32Data, int64Data } = tensor;
  return (
    rawData.every((byte) => byte === 0) &&
    [floatData, doubleData, int32Data].every((list) => list.every((value) => value === 0)) &&
    int64Data.every((value) => value === 0n)
  );
}

/** The entries of a small constant of whole numbers or truth values. */
function entriesIn(
  tensor: TensorProto,
  shape: readonly number[],
  context: Context,
): { value: number; literal?: Literal }[] | undefined {
  if (shape.length > 1) return undefined;
  const values = integersOf(tensor);
  if (values === undefined) return undefined;
  if (tensor.dataType === (Type.BOOL as number)) return values.map((value) => ({ value }));
  let literals = context.known.get(tensor);
  if (literals === undefined) {
    literals = values.map((value, i) =>
      literal(value, (changed) => {
        writeInteger(tensor, i, changed);
      }),
    );
    context.known.set(tensor, literals);
    context.literals.push(...literals);
  }
  return literals.map((each) => ({ value: each.value, literal: each }));
}

/** The entries of a small tensor of whole numbers or truth values; those beyond 2^53 as the nearest number. */
export function integersOf(tensor: TensorProto): number[] | undefined {
  const size = tensorShape(tensor).reduce((product, length) => product * length, 1);
  if (size > MOST_NUMBERS) return undefined;
  if (tensor.dataType !== (Type.BOOL as number)) return readIntegers(tensor);
  const values = tensor.rawData.length > 0 ? [...tensor.rawData] : tensor.int32Data;
  return values.length === size ? values : undefined;
}

function writeInteger(tensor: TensorProto, index: number, value: number): void {
  if (tensor.rawData.length === 0) {
    if (tensor.dataType === (Type.INT64 as number)) tensor.int64Data[index] = BigInt(value);
    else tensor.int32Data[index] = value;
    return;
  }
  // A copy: the bytes of a file that was read are the caller's.
  const raw = new Uint8Array(tensor.rawData);
  const view = new DataView(raw.buffer);
  if (tensor.dataType === (Type.INT64 as number)) view.setBigInt64(index * 8, BigInt(value), true);
  else view.setInt32(index * 4, value, true);
  tensor.rawData = raw;
}
