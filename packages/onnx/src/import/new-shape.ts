import type { NodeProto } from 'onnx-buf';
import { attributeOf, integerOf, type GraphIndex } from './graph-index.ts';

/** A size: a number, or the product of axes of the value that is reshaped. */
type Size = number | { readonly axes: readonly number[] };

/**
 * The new shape of a Reshape as a constant would say it: 0 for an axis that stays and -1 for what is left. Exporters also compute it
 * from the sizes of the very value that is reshaped; undefined where it comes from elsewhere.
 */
export function newShape(index: GraphIndex, node: NodeProto, rank: number): number[] | undefined {
  const [reshaped = '', shape = ''] = node.input;
  const sizes = sizesOf(index, shape, reshaped, rank);
  return sizes?.map((size, k) => {
    if (typeof size === 'number') return size;
    const { axes } = size;
    if (axes.join() === String(k)) return 0;
    const rest = Array.from({ length: rank - k }, (_, i) => k + i).join();
    // NaN is no size, and nothing that reads the shape takes it for one.
    return k === sizes.length - 1 && axes.join() === rest ? -1 : NaN;
  });
}

function sizesOf(
  index: GraphIndex,
  value: string,
  reshaped: string,
  rank: number,
  hops = 0,
): Size[] | undefined {
  const numbers = index.integersOf(value);
  if (numbers !== undefined) return numbers;
  const node = index.nodeOf(value);
  if (node === undefined || hops > 16) return undefined;
  const of = (place: number): Size[] | undefined =>
    sizesOf(index, node.input[place] ?? '', reshaped, rank, hops + 1);
  const { opType } = node;
  if (opType === 'Shape' && node.input[0] === reshaped && isWhole(node))
    return Array.from({ length: rank }, (_, axis) => ({ axes: [axis] }));
  if (['Reshape', 'Squeeze', 'Unsqueeze', 'Identity', 'Cast'].includes(opType)) return of(0);
  if (opType === 'Concat') {
    const parts = node.input.map((_, place) => of(place));
    return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
  }
  if (opType === 'Slice') {
    const at = (place: number): number | undefined => index.integersOf(node.input[place])?.[0];
    return (at(4) ?? 1) === 1 ? of(0)?.slice(at(1) ?? 0, at(2)) : undefined;
  }
  if (opType === 'Gather') {
    const places = index.integersOf(node.input[1]);
    const all = of(0);
    const picked = places?.map((place) => all?.at(place));
    return picked?.every((size) => size !== undefined) ? (picked as Size[]) : undefined;
  }
  if (opType === 'Mul') {
    const [[a], [b]] = [of(0) ?? [], of(1) ?? []];
    if (typeof a !== 'object' || typeof b !== 'object') return undefined;
    return [{ axes: [...a.axes, ...b.axes] }];
  }
  return undefined;
}

/** Whether a Shape gives the sizes of all axes. */
function isWhole(node: NodeProto): boolean {
  return attributeOf(node, 'end') === undefined && integerOf(node, 'start', 0) === 0;
}
