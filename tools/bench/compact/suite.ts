import type { BenchOptions } from '../options.ts';
import { measure, type Measurement } from '../process/measure.ts';
import { figures, goalTable, over, percent, ratio, type Table } from '../report/table.ts';
import type { Suite, SuiteResult } from '../suite.ts';
import type { CompactInput } from './job.ts';
import { runOnText, textGoals, textTable } from './text.ts';
import { ROUNDS, trainingCells, trainingSpec, WITH, WITHOUT } from './trainings.ts';

/** What removing dead units on the way saves. */
export const compact: Suite = {
  about: 'time to train a network that sheds its units, with and without compaction on the way',
  run,
  tables,
};

/**
 * A small network on words that are easy to predict, with a lambda under which it ends near a quarter of its units
 * (found by trying a few). What happens is a training with group Lasso and no schedule of deaths.
 */
const training: Omit<CompactInput, 'compacting'> = {
  model: {
    ...{ vocab: 50, embed: 192, hidden: [192, 192], batch: 20, steps: 35 },
    ...{ dropout: 0, clip: 5, init: 0.08 },
  },
  epochs: 40,
  windows: 10,
  lambda: 0.025,
};

const quickTraining: typeof training = {
  ...training,
  model: { ...training.model, embed: 32, hidden: [32, 32] },
  epochs: 3,
};

/** Names of the cases of `compact/job.ts`. */
const [ALL, LAST] = ['all epochs', 'last epoch'];

async function run(options: BenchOptions): Promise<SuiteResult> {
  const { rounds, simd, quick, say } = options;
  const chosen = quick ? quickTraining : training;
  const specs = [false, true].map((compacting) => {
    const input: CompactInput = { ...chosen, compacting };
    const job = { module: 'compact/job.ts', simd: simd.at(-1)!, threads: 1, input };
    return trainingSpec(compacting ? WITH : WITHOUT, job);
  });
  const measured = await measure(specs, { rounds: Math.min(rounds, ROUNDS), say });
  const { model, epochs, windows, lambda } = chosen;
  const units = model.hidden.reduce((sum, size) => sum + size, 0);
  const onText = await runOnText(options);
  return {
    measurements: [...measured.measurements, ...onText.measurements],
    skipped: [...measured.skipped, ...onText.skipped],
    facts: { units, epochs, windows, lambda },
  };
}

function tables({ measurements, facts }: SuiteResult): Table[] {
  const of = (contender: string, part: string): Measurement | undefined =>
    measurements.find((one) => one.contender === contender && one.case === part);
  const { units, epochs, windows, lambda } = facts as Record<string, number>;
  const without = of(WITHOUT, ALL)?.ms.median;
  const rows = [WITHOUT, WITH].flatMap((contender) => of(contender, ALL) ?? []);
  return [
    {
      title: `Training ${epochs} epochs of ${windows} steps, ${units} units at first, lambda ${lambda}, proximal`,
      note: 'Seconds of the whole training, compactions included, and of its last epoch. Units die because the penalty takes them, not by a schedule.',
      head: [
        'training',
        'rounds',
        'all, s',
        'fastest and slowest',
        'last epoch, s',
        'to no compaction',
        'units at the end',
        'share',
        'loss a word at the end',
      ],
      rows: rows.map((one) => [
        ...trainingCells(one),
        figures((of(one.contender, LAST)?.ms.median ?? NaN) / 1000),
        ratio(one.ms.median, without),
        sizesOf(one).join(', '),
        percent(sizesOf(one).reduce((sum, size) => sum + size, 0) / units!),
        Number(one.facts['loss']).toFixed(3),
      ]),
    },
    textTable(measurements),
    goalTable([
      {
        what: 'time with compaction to time without; words that are easy to predict',
        found: over(of(WITH, ALL)?.ms.median, without),
        atMost: 0.6,
      },
      ...textGoals(measurements),
    ]),
  ];
}

/** Units alive after the last epoch, by layer. */
function sizesOf({ facts }: Measurement): number[] {
  const last = String(facts['alive']).split(' ').at(-1)!;
  return last.split('+').map(Number);
}
