import { presets } from '../../../apps/language-modeling/src/presets.ts';
import type { Settings } from '../../../apps/language-modeling/src/settings.ts';
import type { BenchOptions } from '../options.ts';
import { nodeContender, type ContenderSpec } from '../process/contender.ts';
import { measure } from '../process/measure.ts';
import type { Suite, SuiteResult } from '../suite.ts';
import type { CompactInput } from './compact-job.ts';
import { compactTables, nameOnText, penalties, TEXT, WITH, WITHOUT } from './compact-tables.ts';

/** What removing dead units on the way saves. */
export const compact: Suite = {
  about: 'time to train a network that sheds its units, with and without compaction on the way',
  run,
  tables: compactTables,
};

/** Whole trainings are long, so there are not more of them. */
const ROUNDS = 3;

/**
 * A small network on words that are easy to predict, with a lambda under which it ends near a quarter of its units
 * (found by trying a few). What happens is a training with group Lasso and no schedule of deaths.
 */
const training: Omit<CompactInput, 'compacting'> = {
  model: {
    vocab: 50,
    embed: 192,
    hidden: [192, 192],
    batch: 20,
    steps: 35,
    dropout: 0,
    clip: 5,
    init: 0.08,
  },
  epochs: 40,
  windows: 10,
  lambda: 0.025,
};

/** For `--quick`. */
const quickTraining: typeof training = {
  ...training,
  model: { ...training.model, embed: 32, hidden: [32, 32] },
  epochs: 3,
};

/** For `--quick`: one small epoch of the embedded text, once. */
const quickText = {
  fromYear: 2012,
  maxVocab: 300,
  embed: 16,
  hidden: [16, 16],
  epochs: 1,
  lambda: 0.05,
  rampEpochs: 0,
};

async function run({ rounds, simd, threads, quick, say }: BenchOptions): Promise<SuiteResult> {
  const contender = (name: string, kind: string, input: object, count: number): ContenderSpec => ({
    ...nodeContender(name, {
      module: `training/${kind}-job.ts`,
      input,
      simd: simd.at(-1)!,
      threads: count,
    }),
    // A training is long enough for what is compiled on the way not to matter.
    warmup: false,
  });
  const chosen = quick ? quickTraining : training;
  const easy = [false, true].map((compacting) =>
    contender(compacting ? WITH : WITHOUT, 'compact', { ...chosen, compacting }, 1),
  );
  const onText = penalties.flatMap((penalty) =>
    [0, 1].map((compactEvery) => {
      const settings = { ...presets['quick-iss']!, ...(quick && quickText), penalty, compactEvery };
      const input = settings as Settings;
      return contender(nameOnText(penalty, compactEvery), 'text', input, threads);
    }),
  );
  const most = Math.min(rounds, ROUNDS);
  const measured = [
    await measure(easy, { rounds: most, say }),
    await measure(onText, { rounds: quick ? 1 : most, label: TEXT, say }),
  ];
  const { model, epochs, windows, lambda } = chosen;
  const units = model.hidden.reduce((sum, size) => sum + size, 0);
  return {
    measurements: measured.flatMap(({ measurements }) => measurements),
    skipped: measured.flatMap(({ skipped }) => skipped),
    facts: { units, epochs, windows, lambda },
  };
}
