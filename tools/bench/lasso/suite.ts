import { median } from '@secateur/app';
import type { BenchOptions } from '../options.ts';
import { nodeCommand, type ContenderSpec } from '../process/contender.ts';
import { measure, type Measurement, type Skipped } from '../process/measure.ts';
import { figures, goalTable, percent, type Table } from '../report/table.ts';
import type { Suite, SuiteResult } from '../suite.ts';
import type { LassoInput } from './job.ts';

/** What the ISS penalty and its threshold cost. */
export const lasso: Suite = {
  about: 'cost of the ISS penalty and threshold as a share of a training step',
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
    const specs = (threads > 1 ? [1, threads] : [1]).map((count): ContenderSpec => {
      const input: LassoInput = { model };
      const build = simd.at(-1)!;
      const command = nodeCommand({ module: 'lasso/job.ts', simd: build, threads: count, input });
      return { contender: 'ours', simd: build, threads: count, command };
    });
    // A round is short and the difference small, so there are three times as many.
    const found = await measure(specs, { rounds: 3 * rounds, label: model, say });
    measurements.push(...found.measurements);
    skipped.push(...found.skipped);
  }
  return { measurements, skipped, facts: {} };
}

function tables({ measurements }: SuiteResult): Table[] {
  const pairs = measurements
    .filter((one) => one.case.endsWith(' without'))
    .map((without) => {
      const name = without.case.replace(/ without$/, '');
      const penalised = measurements.find(
        (one) => one.case === `${name} with` && one.threads === without.threads,
      )!;
      const differences = penalised.ms.rounds.map((ms, i) => ms - without.ms.rounds[i]!);
      const difference = median(differences);
      return { name, without, penalised, difference, share: difference / without.ms.median };
    });
  return [
    {
      title: 'The penalty and the threshold in a training step',
      note: 'Steps without and with them in turn in one process, on the same weights; the cost is the median of the differences of neighbours.',
      head: [
        'model',
        'threads',
        'rounds',
        'without, ms',
        'with, ms',
        'cost, ms',
        'share of the step',
      ],
      rows: pairs.map(({ name, without, penalised, difference, share }) => [
        name,
        String(without.threads),
        String(without.ms.rounds.length),
        figures(without.ms.median),
        figures(penalised.ms.median),
        figures(difference),
        percent(share),
      ]),
    },
    goalTable(
      pairs.map(({ name, without, share }) => ({
        what: `${name}, ${without.threads} ${without.threads === 1 ? 'thread' : 'threads'}: per cent of a step`,
        found: 100 * share,
        atMost: 3,
      })),
    ),
  ];
}
