import { frozenReaders, recurrentDims } from '../iss-groups.ts';
import type { Layout } from '../types.ts';
import { called, innerLayer, isLayer, type Records } from './layer-facts.ts';
import type { LayerLike, LayersModelLike } from './model-like.ts';
import { cellsOf, isRecurrentLayer } from './recurrent-rules.ts';
import { rootOf } from './symbolic-dims.ts';
import { isModel } from './walk.ts';

/** Says of every recurrent layer that keeps its units why it does, and of every dimension that can get no group. */
export function layoutNotes(model: LayersModelLike, records: Records, layout: Layout): string[] {
  const notes = recurrentLayers(model).flatMap((layer) => {
    const cells = cellsInside(layer);
    if (!cells.every((cell) => records.layers.has(cell))) {
      return [`${called(layer)} keeps its units: of its kind it is not known how to remove them`];
    }
    const reasons = cells.flatMap((cell) => {
      const root = rootOf(records.layers.get(cell)!.output[0]!);
      return root.fixed === undefined ? [] : [root.fixed];
    });
    return [...new Set(reasons)].map((reason) => `${called(layer)} keeps its units: ${reason}`);
  });
  const frozen = recurrentDims(layout).flatMap((dim) => {
    const [reader] = frozenReaders(layout, dim);
    return reader === undefined
      ? []
      : [
          `"${dim}" gets no group: "${reader}" reads it and is frozen, so no penalty can free its units`,
        ];
  });
  return [...notes, ...frozen];
}

/** The recurrent layers of a model, at any depth. */
function recurrentLayers(model: LayersModelLike): LayerLike[] {
  const recurrent = new Set<LayerLike>();
  const seen = new Set<unknown>();
  const visit = (layer: LayerLike): void => {
    if (seen.has(layer)) return;
    seen.add(layer);
    if (isModel(layer)) layersOf(layer).forEach(visit);
    else if (
      isRecurrentLayer(layer) ||
      isRecurrentLayer(innerLayer(layer, 'forwardLayer') ?? layer)
    ) {
      recurrent.add(layer);
    }
  };
  layersOf(model).forEach(visit);
  return [...recurrent];
}

function layersOf(model: LayersModelLike): LayerLike[] {
  const { layers } = model as { readonly layers?: unknown };
  return Array.isArray(layers) ? layers.filter(isLayer) : [];
}

/** All cells of a recurrent layer or of both directions of a bidirectional one. */
function cellsInside(layer: LayerLike): LayerLike[] {
  const directions = ['forwardLayer', 'backwardLayer'].flatMap(
    (field) => innerLayer(layer, field) ?? [],
  );
  return (directions.length > 0 ? directions : [layer]).flatMap(cellsOf);
}
