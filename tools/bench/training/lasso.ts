import { median } from '@secateur/app';
import { threadCounts } from '../inference/contenders.ts';
import type { BenchOptions } from '../options.ts';
import { nodeContender } from '../process/contender.ts';
import { measure, threadsText, type Measurement, type Skipped } from '../process/measure.ts';
import { figures, goalTable, percent, type Table } from '../report/table.ts';
import type { Suite, SuiteResult } from '../suite.ts';
import { PARTS, type Part, type StepsInput } from './steps-job.ts';

/** What the ISS penalty with its threshold, a budget in its place, and a teacher cost. */
export const lasso: Suite = {
  about: 'cost of the ISS penalty, of a budget and of a teacher as shares of a training step',
  run,
  tables,
};

async function run(options: BenchOptions): Promise<SuiteResult> {
  const { rounds, models, threads, simd, quick, say } = options;
  const measurements: Measurement[] = [];
  const skipped: Skipped[] = [];
  for (const model of quick ? (['small'] as const) : models) {
    for (const part of PARTS) {
      // A budget looks at the norms once in ten steps.
      const steps = part === 'budget' ? 10 : 1;
      const input: StepsInput = { model, part, steps, backend: 'ours' };
      const contenders = threadCounts(threads).map((count) =>
        nodeContender('ours', {
          ...{ module: 'training/steps-job.ts', input, threads: count },
          simd: simd.at(-1)!,
        }),
      );
      // A round is short and the difference small, so there are three times as many; one of a budget has ten steps.
      const often = part === 'budget' ? rounds : 3 * rounds;
      const measured = await measure(contenders, { rounds: often, label: `${model} ${part}`, say });
      measurements.push(...measured.measurements);
      skipped.push(...measured.skipped);
    }
  }
  return { measurements, skipped, facts: {} };
}

/** What is told of each part. */
const texts: Readonly<Record<Part, Pick<Table, 'title' | 'note'>>> = {
  penalty: {
    title: 'The penalty and the threshold in a training step',
    note: 'Steps without and with them in turn in one process, on the same weights. The cost is the median of the differences of neighbors; half of the differences lie within the two numbers behind it.',
  },
  budget: {
    title: 'A budget in their place',
    note: 'Ten steps each way in turn, in which the budget looks at the norms once; times are of one step.',
  },
  teacher: {
    title: 'A teacher of the same sizes, from which half of the loss comes',
    note: 'It reads the words of every step, forward alone. A smaller student takes the same time for it, so its share is larger there.',
  },
};

/** Between which two values the middle half of these lies. */
function middleHalf(values: readonly number[]): readonly number[] {
  const sorted = [...values].sort((a, b) => a - b);
  const quarter = sorted.length >> 2;
  return [sorted[quarter]!, sorted.at(-1 - quarter)!];
}

function tables({ measurements }: SuiteResult): Table[] {
  const pairs = measurements
    .filter((one) => one.case.endsWith('without'))
    .map((without) => {
      const words = without.case.split(' ');
      // Older files have only the penalty, and do not name it.
      const [model, part] = (words.length === 2 ? [words[0], 'penalty'] : words) as [string, Part];
      const added = measurements.find(
        (one) =>
          one.case === without.case.replace(/without$/, 'with') && one.threads === without.threads,
      )!;
      const differences = added.ms.rounds.map((ms, i) => ms - without.ms.rounds[i]!);
      const cost = median(differences);
      return { model, part, without, added, differences, cost, share: cost / without.ms.median };
    });
  const head = [
    'model',
    'threads',
    'rounds',
    'without, ms',
    'with, ms',
    'cost, ms',
    'half of the differences, ms',
    'share of the step',
  ];
  const rowsOf = (part: Part): string[][] =>
    pairs
      .filter((pair) => pair.part === part)
      .map(({ model, without, added, differences, cost, share }) => [
        model,
        String(without.threads),
        String(without.ms.rounds.length),
        figures(without.ms.median),
        figures(added.ms.median),
        figures(cost),
        middleHalf(differences).map(figures).join(' to '),
        percent(share),
      ]);
  return [
    ...PARTS.map((part) => ({ ...texts[part], head, rows: rowsOf(part) })).filter(
      ({ rows }) => rows.length > 0,
    ),
    goalTable(
      pairs
        .filter(({ part }) => part !== 'teacher')
        .map(({ model, part, without, share }) => ({
          what: `${model}, ${part}, ${threadsText(without.threads)}: per cent of a step`,
          found: 100 * share,
          atMost: 3,
        })),
    ),
  ];
}
