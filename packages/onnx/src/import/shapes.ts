import type { NodeProto } from 'onnx-buf';
import type { AxisName, Value } from './draft.ts';
import { attributeOf, axesOf, integerOf, unfit, type GraphIndex } from './graph-index.ts';
import { newShape } from './new-shape.ts';
import type { Reader } from './reader.ts';

/** A Transpose of the axes. */
export function transposed(node: NodeProto, x: Value): Value {
  const count = x.axes.length;
  const perm =
    attributeOf(node, 'perm')?.ints.map(Number) ?? x.axes.map((_, axis) => count - 1 - axis);
  const axes = perm.map((axis) => x.axes[axis]);
  if (new Set(perm).size !== count || axes.includes(undefined))
    throw unfit(node, `a permutation of ${count} axes, found [${perm.join(', ')}]`);
  return { ...x, axes: axes as AxisName[] };
}

/** A Squeeze, which may take away the axis of a single direction. */
export function squeezed(index: GraphIndex, node: NodeProto, x: Value): Value {
  const axes = axesOf(index, node)?.map((axis) => (axis < 0 ? axis + x.axes.length : axis));
  const [axis, ...more] = axes ?? [];
  if (axis === undefined || more.length > 0 || x.axes[axis] !== 'direction' || x.directions !== 1)
    throw unfit(node, 'the axis of a single direction to be taken away');
  return { ...x, axes: x.axes.filter((_, k) => k !== axis) };
}

/**
 * A Reshape that lays the directions side by side, takes away the axis of a single one, or makes rows of all steps and back.
 * Others would mix what belongs to different steps. Sizes that are numbers are taken for those of the axes where they stand.
 */
export function reshaped(index: GraphIndex, node: NodeProto, x: Value): Value {
  const shape = newShape(index, node, x.axes.length);
  if (shape === undefined)
    throw unfit(node, 'a new shape that is constant, or made of the sizes of what is reshaped');
  const width = x.features.reduce((sum, { size }) => sum + size, 0);
  const last = shape.at(-1);
  const keepsFeatures = width > 0 && (last === width || last === -1);
  const at = x.axes.indexOf('direction');
  const rest = x.axes.filter((axis) => axis !== 'direction');
  // A 0 stands for the size at the same place before, which is another axis after the one that goes.
  const kept = shape.slice(0, -1).every((size, k) => size !== 0 || x.axes[k] === rest[k]);
  const featuresLast = rest.at(-1) === 'features';
  if (keepsFeatures && at >= 0 && shape.length === rest.length && featuresLast && kept) {
    // Directions next to the features become features; a single one may stand anywhere, but then nothing is left to guess.
    const beside = at === x.axes.length - 2;
    if (beside || (x.directions === 1 && last === width)) return { ...x, axes: rest };
  }
  if (keepsFeatures && at < 0 && featuresLast) {
    const isRows = x.axes[0] === 'rows';
    const unchanged = shape.length === x.axes.length;
    if (unchanged && kept) return x;
    if (shape.length === 2 && shape[0] !== 0 && x.axes.length === 3)
      return { ...x, axes: ['rows', 'features'], rows: x.axes.slice(0, 2) };
    if (shape.length === 3 && isRows && x.rows !== undefined && !shape.slice(0, 2).includes(0))
      return { ...x, axes: [...x.rows, 'features'], rows: undefined };
  }
  throw unfit(
    node,
    'a shape that keeps the features of each step together, ' +
      `found [${shape.join(', ')}] for [${x.axes.join(', ')}]`,
  );
}

/** A Gather of one place: of the last step, or of a single direction. */
export function picked({ index, found }: Reader, node: NodeProto, x: Value): Value {
  const axis = integerOf(node, 'axis', 0);
  const name = x.axes[axis < 0 ? axis + x.axes.length : axis];
  const shape = index.tensorOf(node.input[1] ?? '')?.tensor.dims;
  const [place] = index.integersOf(node.input[1]) ?? [];
  const only = name === 'direction' && x.directions === 1 && (place === 0 || place === -1);
  const isLast = name !== undefined && name === found.time && place === -1;
  if (shape?.length !== 0 || !(only || isLast))
    throw unfit(node, 'rows of a constant table, or the last step of a recurrent layer');
  const axes = x.axes.filter((each) => each !== name);
  return { ...x, axes, ...(isLast && { last: true }) };
}
