import type { Layout, Weights } from '@secateur/groups';
import {
  chooseKept,
  findRemovable,
  formatReport,
  prune,
  report,
  type KeptCost,
} from '@secateur/pruner';
import type { PruneFlags } from './prune-options.ts';

/** What {@link pruneModel} can make smaller. */
interface Prunable {
  readonly weights: Weights;
  readonly layout: Layout;
  /** What was removed when. */
  readonly history: readonly unknown[];
}

/** What {@link pruneModel} did. */
export interface PrunedModel<Model> {
  readonly smaller: Model;
  readonly removed: Readonly<Record<string, readonly number[]>>;
  /** Whether the smaller model is the same function. */
  readonly exact: boolean;
  /** What it costs; only with a target. */
  readonly cost?: KeptCost;
  /** A table of sizes, and with a target a line about it. */
  readonly text: string;
}

/**
 * Removes the dead components of a saved model, and with a target for its multiply-adds as many weak ones as that takes;
 * at least `atLeast` of each dimension stay.
 */
export function pruneModel<Model extends Prunable>(
  model: Model,
  { tolerance, targetMacs, dims }: Pick<PruneFlags, 'tolerance' | 'targetMacs' | 'dims'>,
  atLeast: number,
): PrunedModel<Model> {
  const { weights, layout } = model;
  const options = { atLeast, ...(dims && { dims }) };
  const chosen =
    targetMacs === undefined
      ? { ...findRemovable(weights, layout, { ...options, tolerance }), by: { tolerance } }
      : { ...chooseKept(weights, layout, { ...options, macs: targetMacs }), by: { targetMacs } };
  const { kept, removed, exact, by } = chosen;
  const pruned = prune(weights, layout, kept);
  const lines = [formatReport(report(layout, pruned.layout))];
  const cost = 'cost' in chosen ? chosen.cost : undefined;
  if (cost !== undefined) {
    lines.push(`target: at most ${Math.floor(cost.target)} ${cost.unit}, ${cost.after} left`);
  }
  return {
    smaller: { ...model, ...pruned, history: [...model.history, { removed, ...by }] },
    ...{ removed, exact, ...(cost && { cost }), text: lines.join('\n') },
  };
}
