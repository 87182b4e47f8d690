import type { Layout, Weights } from '@secateur/groups';
import { stridesOf } from './slice-array.ts';

/** One place where a dimension appears: component k is index `start + k` along `axis` of `weight`. */
export interface Part {
  readonly weight: string;
  readonly axis: number;
  readonly start: number;
  readonly reads: boolean;
}

/** Lists where a dimension is read (`'reads'`), or every place its group covers (`'group'`). */
export function slicesOf(layout: Layout, dim: string, criterion: 'reads' | 'group'): Part[] {
  const parts: Part[] = [];
  for (const [weight, { axes, penalized }] of Object.entries(layout.weights)) {
    axes.forEach(({ role, segments }, axis) => {
      const reads = role !== 'writes';
      if (!reads && (criterion === 'reads' || !penalized)) return;
      for (const segment of segments) {
        if (segment.dim === dim) parts.push({ weight, axis, start: segment.start, reads });
      }
    });
  }
  return parts;
}

/** Per weight and axis, 1 at each position that belongs to a dead component; undefined where there is none. */
export type DeadPositions = ReadonlyMap<string, readonly (Uint8Array | undefined)[]>;

/** Spreads the dead components of each dimension over the axes that carry them. */
export function deadPositions(
  layout: Layout,
  dead: Readonly<Record<string, Uint8Array>>,
): DeadPositions {
  const masks = new Map<string, (Uint8Array | undefined)[]>();
  for (const [name, { axes }] of Object.entries(layout.weights)) {
    masks.set(
      name,
      axes.map(({ size, segments }) => {
        let mask: Uint8Array | undefined;
        for (const { dim, start } of segments) {
          const gone = dim === undefined || !Object.hasOwn(dead, dim) ? undefined : dead[dim];
          if (!gone?.includes(1)) continue;
          mask ??= new Uint8Array(size);
          mask.set(gone, start);
        }
        return mask;
      }),
    );
  }
  return masks;
}

/** Whether component `k` has an entry above the tolerance here that no dead component shares. NaN counts as live. */
export function hasNonzeroEntry(
  weights: Weights,
  masks: DeadPositions,
  part: Part,
  k: number,
  tolerance: number,
): boolean {
  const { data, shape } = weights[part.weight]!;
  const dead = masks.get(part.weight)!;
  const last = shape.length - 1;
  const strides = stridesOf(shape);
  const search = (axis: number, from: number): boolean => {
    if (axis > last) return !(Math.abs(data[from]!) <= tolerance);
    if (axis === part.axis) return search(axis + 1, from + (part.start + k) * strides[axis]!);
    const mask = dead[axis];
    const stride = strides[axis]!;
    const size = shape[axis]!;
    if (axis === last) {
      for (let i = 0; i < size; i++) {
        if (!(Math.abs(data[from + i]!) <= tolerance) && mask?.[i] !== 1) return true;
      }
      return false;
    }
    for (let i = 0; i < size; i++) {
      if (mask?.[i] !== 1 && search(axis + 1, from + i * stride)) return true;
    }
    return false;
  };
  return search(0, 0);
}
