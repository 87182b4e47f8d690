import { Option, type Command } from 'commander';
import type { Layout, Weights } from '@secateur/groups';
import {
  chooseKept,
  findRemovable,
  formatReport,
  prune,
  report,
  type KeptCost,
} from '@secateur/pruner';
import { parsePositive, parseSize } from './options.ts';

/** The flags of {@link addPruneOptions}. */
export interface PruneFlags {
  readonly model: string;
  readonly out: string;
  readonly json: boolean;
  readonly tolerance: number;
  readonly targetMacs?: number;
  readonly dims?: readonly string[];
}

/** Adds what the command `prune` is told. */
export function addPruneOptions(command: Command): Command {
  return command
    .description('remove the dead components of a saved model, and weak ones for a target')
    .requiredOption('--model <folder>', 'model folder, such as the dense folder of a run')
    .requiredOption('--out <folder>', 'folder of the smaller model')
    .option(
      '--tolerance <x>',
      'weights up to this size count as zero; above 0 it is an approximation',
      parseSize,
      0,
    )
    .addOption(
      new Option(
        '--target-macs <x>',
        'remove weak components too, an approximation, until this is left: a share of the multiply-adds below 1, or a number',
      )
        .argParser(parsePositive)
        .conflicts('tolerance'),
    )
    .option('--dims <names,...>', 'dimensions to look at; default: the recurrent ones', (names) =>
      names.split(','),
    )
    .option('--json', 'print JSON', false);
}

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
