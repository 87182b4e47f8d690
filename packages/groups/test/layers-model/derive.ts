import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import {
  checkShapes,
  layersModelLayout,
  layoutToJson,
  type Layout,
  type LayersModelLike,
} from '../../src/index.ts';

/** Calls a layer that has one output. */
export function apply(
  layer: { apply(x: SymbolicTensor | SymbolicTensor[]): unknown },
  ...x: SymbolicTensor[]
): SymbolicTensor {
  return layer.apply(x.length === 1 ? x[0]! : x) as SymbolicTensor;
}

/** The notation of every weight whose name begins with `prefix`, by the rest of the name. */
export function weightsOf(found: Layout, prefix: string): Record<string, string> {
  const entries = Object.entries(layoutToJson(found).weights);
  const matching = entries.filter(([name]) => name.startsWith(`${prefix}/`));
  return Object.fromEntries(matching.map(([name, text]) => [name.slice(prefix.length + 1), text]));
}

/** The layout of a model, checked against the shapes of its weights. */
export function derive(whole: LayersModelLike): Layout {
  const layout = layersModelLayout(whole);
  checkShapes(
    layout,
    Object.fromEntries(whole.weights.map(({ name, shape }) => [name, shape as number[]])),
  );
  return layout;
}
