import type { Layout } from '@secateur/groups';
import type { Removable } from '../find-removable.ts';
import { childrenOf, unitsPlace, type Layer } from './layers-model/layer-objects.ts';

/** The dimensions of a `Bidirectional` layer that must have one size: those of both directions, cell by cell. */
export interface Directions {
  readonly layer: string;
  readonly dims: readonly string[];
}

/** Lists the pairs of dimensions that a stock `Bidirectional` gives one size. */
export function bidirectionalDims(layers: Iterable<Layer>, layout: Layout): Directions[] {
  const pairs: Directions[] = [];
  for (const layer of layers) {
    if (layer.getClassName() !== 'Bidirectional') continue;
    const [forward, backward] = childrenOf(layer).map(({ layer: inner }) => cellsOf(inner));
    forward?.forEach((cell, i) => {
      const dims = [cell, backward![i]!].flatMap((each) => unitsDim(each, layout) ?? []);
      if (dims.length === 2) pairs.push({ layer: layer.name, dims });
    });
  }
  return pairs;
}

function cellsOf(layer: Layer): Layer[] {
  const inside = childrenOf(layer);
  return inside.length === 0 ? [layer] : inside.flatMap(({ layer: inner }) => cellsOf(inner));
}

/** The dimension of a cell's units. */
export function unitsDim(cell: Layer, layout: Layout): string | undefined {
  const place = unitsPlace(cell);
  const segments = place && layout.weights[place.weight.name]?.axes[place.axis]?.segments;
  return segments?.length === 1 ? segments[0]!.dim : undefined;
}

/** Says which directions keep dead units, and why. */
export function paddingNotes(
  pairs: readonly Directions[],
  { kept, padded }: Pick<Removable, 'kept' | 'padded'>,
): string[] {
  return pairs.flatMap(({ layer, dims }) =>
    dims.flatMap((dim) => {
      const padding = padded[dim]?.length ?? 0;
      if (padding === 0) return [];
      const size = kept[dim]!.length;
      return `${layer}: "${dim}" needs ${size - padding} units, but a stock Bidirectional layer has one size for both directions, so it keeps ${padding} dead ${padding === 1 ? 'unit' : 'units'} and has ${size}`;
    }),
  );
}
