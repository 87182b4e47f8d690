import type { LayerLike } from './model-like.ts';
import { called, configOf, type Call } from './layer-facts.ts';
import { unify, type FeatureAxis } from './symbolic-dims.ts';

/** More copies of the features than this, and a layout would have more segments than anybody reads. */
const mostCopies = 4096;

/** Joins features, or lines them up where another axis is joined. */
export function applyConcatenate(layer: LayerLike, call: Call): FeatureAxis[] {
  const rank = call.outputShapes[0]!.length;
  const axis = Number(configOf(layer)['axis'] ?? -1);
  if (axis === -1 || axis === rank - 1) return [call.inputs.flat()];
  return lineUp(layer, call.inputs);
}

/** An elementwise merge; undefined when an operand is broadcast along the features. */
export function applyMerge(layer: LayerLike, call: Call): FeatureAxis[] | undefined {
  const [first = []] = call.inputShapes;
  const alike = call.inputShapes.every(
    (shape) => shape.length === first.length && shape.at(-1) === first.at(-1),
  );
  return alike ? lineUp(layer, call.inputs) : undefined;
}

function lineUp(layer: LayerLike, [first = [], ...others]: readonly FeatureAxis[]): FeatureAxis[] {
  for (const other of others) unify(first, other, called(layer));
  return [first];
}

/**
 * Flatten and Reshape lay positions side by side, row by row: a last axis that is `n` times as long as before holds the
 * features of `n` positions, one after the other. Undefined for any other new shape.
 */
export function applyReshape(
  layer: LayerLike,
  { inputs: [input = []], inputShapes: [before = []], outputShapes: [after = []] }: Call,
): FeatureAxis[] | undefined {
  if (configOf(layer)['dataFormat'] === 'channelsFirst') return undefined;
  const [size, larger] = [before.at(-1), after.at(-1)];
  if (typeof size !== 'number' || typeof larger !== 'number' || before.length < 2) return undefined;
  const copies = larger / size;
  if (!Number.isInteger(copies) || copies < 1 || copies > mostCopies) return undefined;
  return [Array.from({ length: copies }, () => input).flat()];
}

/** Permute; undefined unless the features stay on the last axis. */
export function applyPermute(
  layer: LayerLike,
  { inputs: [input = []] }: Call,
): FeatureAxis[] | undefined {
  const { dims } = configOf(layer);
  return Array.isArray(dims) && dims.at(-1) === dims.length ? [input] : undefined;
}
