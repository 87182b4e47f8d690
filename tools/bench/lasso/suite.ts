import { median } from '@secateur/app';
import type { BenchOptions } from '../options.ts';
import { nodeCommand, type ContenderSpec } from '../process/contender.ts';
import { measure, type Measurement, type Skipped } from '../process/measure.ts';
import { figures, goalTable, percent, type Table } from '../report/table.ts';
import type { Suite, SuiteResult } from '../suite.ts';
import { PARTS, type LassoInput } from './job.ts';

/** What the ISS penalty with its threshold, a budget in its place, and a teacher cost. */
export const lasso: Suite = {
  about: 'cost of the ISS penalty, of a budget and of a teacher as shares of a training step',
  run,
  tables,
};

async function run({
  rounds,
  models,
  threads,
  simd,
  quick,
  say,
}: BenchOptions): Promise<SuiteResult> {
  const measurements: Measurement[] = [];
  const skipped: Skipped[] = [];
  for (const model of quick ? (['small'] as const) : models) {
    for (const part of PARTS) {
      const specs = (threads > 1 ? [1, threads] : [1]).map((count): ContenderSpec => {
        const input: LassoInput = { model, part };
        const build = simd.at(-1)!;
        const command = nodeCommand({ module: 'lasso/job.ts', simd: build, threads: count, input });
        return { contender: 'ours', simd: build, threads: count, command };
      });
      // A round is short and the difference small, so there are three times as many; one of a budget has ten steps.
      const often = part === 'budget' ? rounds : 3 * rounds;
      const found = await measure(specs, { rounds: often, label: `${model} ${part}`, say });
      measurements.push(...found.measurements);
      skipped.push(...found.skipped);
    }
  }
  return { measurements, skipped, facts: {} };
}

/** What is told of each part. */
const about: Readonly<
  Record<LassoInput['part'], { readonly title: string; readonly note: string }>
> = {
  penalty: {
    title: 'The penalty and the threshold in a training step',
    note: 'Steps without and with them in turn in one process, on the same weights; the cost is the median of the differences of neighbours.',
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

function tables({ measurements }: SuiteResult): Table[] {
  const pairs = measurements
    .filter((one) => one.case.endsWith(' without'))
    .map((without) => {
      const [model, part] = without.case.split(' ') as [string, LassoInput['part']];
      const added = measurements.find(
        (one) => one.case === `${model} ${part} with` && one.threads === without.threads,
      )!;
      const differences = added.ms.rounds.map((ms, i) => ms - without.ms.rounds[i]!);
      const difference = median(differences);
      return { model, part, without, added, difference, share: difference / without.ms.median };
    });
  return [
    ...PARTS.map((part) => ({
      ...about[part],
      head: [
        'model',
        'threads',
        'rounds',
        'without, ms',
        'with, ms',
        'cost, ms',
        'share of the step',
      ],
      rows: pairs
        .filter((pair) => pair.part === part)
        .map(({ model, without, added, difference, share }) => [
          model,
          String(without.threads),
          String(without.ms.rounds.length),
          figures(without.ms.median),
          figures(added.ms.median),
          figures(difference),
          percent(share),
        ]),
    })),
    goalTable(
      pairs
        .filter(({ part }) => part !== 'teacher')
        .map(({ model, part, without, share }) => ({
          what: `${model}, ${part}, ${without.threads} ${without.threads === 1 ? 'thread' : 'threads'}: per cent of a step`,
          found: 100 * share,
          atMost: 3,
        })),
    ),
  ];
}
