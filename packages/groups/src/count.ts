import { requireLayout } from './check-layout.ts';
import type { Layout, WeightLayout } from './types.ts';

/** The number of entries of all weights together, biases and embeddings included, as the paper's tables count. */
export function countParameters(layout: Layout): number {
  requireLayout(layout, 'countParameters');
  return total(layout, weightParameters);
}

/**
 * Multiply-adds of the matrix products for one token. Weights marked `[lookup]` and weights that read nothing cost
 * none, and a tied weight (`<->`) counts once: it is fetched on one side and multiplied on the other.
 */
export function countMacs(layout: Layout): number {
  requireLayout(layout, 'countMacs');
  return total(layout, weightMacs);
}

/** Number of entries of one weight. */
export function weightParameters(weight: WeightLayout): number {
  return weight.axes.reduce((product, axis) => product * axis.size, 1);
}

/** Multiply-adds of one weight for one token: a weight that reads nothing, or writes nothing, is in no product. */
export function weightMacs(weight: WeightLayout): number {
  const reads = weight.axes.some(({ role }) => role !== 'writes');
  const writes = weight.axes.some(({ role }) => role !== 'reads');
  return weight.lookup || !reads || !writes ? 0 : weightParameters(weight);
}

function total(layout: Layout, count: (weight: WeightLayout) => number): number {
  return Object.values(layout.weights).reduce((sum, weight) => sum + count(weight), 0);
}
