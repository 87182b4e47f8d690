import type { Layout } from '@secateur/groups';
import { PrunerError } from '../pruner-error.ts';
import type { Kept } from '../types.ts';
import { childrenOf, ownWeights, type Layer } from './layers-model/layer-objects.ts';

/** The dimensions of a `Bidirectional` layer that must have one size: those of both directions, cell by cell. */
export interface Directions {
  readonly layer: string;
  readonly dims: readonly string[];
}

/** Lists the pairs of dimensions that a stock `Bidirectional` gives one size. */
export function bidirectionalDims(layers: Iterable<Layer>, layout: Layout): Directions[] {
  const found: Directions[] = [];
  for (const layer of layers) {
    if (layer.getClassName() !== 'Bidirectional') continue;
    const [forward, backward] = childrenOf(layer).map(({ layer: inner }) => cellsOf(inner));
    forward?.forEach((cell, i) => {
      const dims = [cell, backward![i]!].flatMap((each) => unitsDim(each, layout) ?? []);
      if (dims.length === 2) found.push({ layer: layer.name, dims });
    });
  }
  return found;
}

function cellsOf(layer: Layer): Layer[] {
  const inside = childrenOf(layer);
  return inside.length === 0 ? [layer] : inside.flatMap(({ layer: inner }) => cellsOf(inner));
}

/** The dimension of a cell's units: the one that its recurrent weight reads. */
export function unitsDim(cell: Layer, layout: Layout): string | undefined {
  for (const { name, originalName } of ownWeights(cell)) {
    if (!originalName.endsWith('recurrent_kernel')) continue;
    const reading = layout.weights[name]?.axes.find(({ role }) => role === 'reads');
    return reading?.segments.length === 1 ? reading.segments[0]!.dim : undefined;
  }
  return undefined;
}

/** Gives both directions of a bidirectional layer the larger count, the smaller one keeping its first dead units. */
export function padDirections(
  pairs: readonly Directions[],
  found: Kept,
  removed: Readonly<Record<string, readonly number[]>>,
): { kept: Kept; notes: string[] } {
  const kept: Record<string, readonly number[]> = { ...found };
  for (const { layer, dims } of pairs) {
    const own = dims.filter((dim) => Object.hasOwn(found, dim));
    if (own.length > 0 && own.length < dims.length) {
      throw new PrunerError(
        `pruneLayersModel: expected both directions of "${layer}" (${dims.join(', ')}) in dims or neither, found only ${own.join(', ')}; a stock Bidirectional has one size for both.`,
      );
    }
  }
  const ready = pairs.filter(({ dims }) => dims.every((dim) => Object.hasOwn(found, dim)));
  // Layers can share a dimension (through an Add, say), so padding one may ask for padding another.
  for (let changed = true; changed;) {
    changed = false;
    for (const { dims } of ready) {
      const size = Math.max(...dims.map((dim) => kept[dim]!.length));
      for (const dim of dims) {
        const missing = size - found[dim]!.length;
        if (kept[dim]!.length === size) continue;
        kept[dim] = [...found[dim]!, ...removed[dim]!.slice(0, missing)].sort((a, b) => a - b);
        changed = true;
      }
    }
  }
  const notes = ready.flatMap(({ layer, dims }) =>
    dims.flatMap((dim) => {
      const missing = kept[dim]!.length - found[dim]!.length;
      return missing === 0 ? [] : [paddingNote(layer, dim, found[dim]!.length, missing)];
    }),
  );
  return { kept, notes };
}

function paddingNote(layer: string, dim: string, needed: number, padding: number): string {
  return `${layer}: "${dim}" needs ${needed} units, but a stock Bidirectional layer has one size for both directions, so it keeps ${padding} dead ${padding === 1 ? 'unit' : 'units'} and has ${needed + padding}`;
}
