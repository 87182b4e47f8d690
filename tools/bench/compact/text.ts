import { presets } from '../../../apps/language-modeling/src/presets.ts';
import type { Settings } from '../../../apps/language-modeling/src/settings.ts';
import type { BenchOptions } from '../options.ts';
import { measure, type Measured, type Measurement } from '../process/measure.ts';
import { over, ratio, type Goal, type Table } from '../report/table.ts';
import { ROUNDS, trainingCells, trainingSpec, WITH, WITHOUT } from './trainings.ts';

/** Stands before the case of these measurements. */
const LABEL = 'embedded text';

const penalties = ['proximal', 'subgradient'] as const;
const nameOf = (penalty: string, every: number): string =>
  `${penalty}, ${every > 0 ? WITH : WITHOUT}`;

/** For `--quick`: one small epoch, once. */
const tiny = {
  ...{ fromYear: 2012, maxVocab: 300, embed: 16, hidden: [16, 16], epochs: 1 },
  ...{ lambda: 0.05, rampEpochs: 0 },
};

/** Trains the example's `quick-iss` preset on its embedded text, with both penalties, with and without compaction. */
export function runOnText({ rounds, simd, threads, quick, say }: BenchOptions): Promise<Measured> {
  const specs = penalties.flatMap((penalty) =>
    [0, 1].map((compactEvery) => {
      const input = {
        ...presets['quick-iss']!,
        ...(quick && tiny),
        ...{ penalty, compactEvery },
      } as Settings;
      const job = { module: 'compact/text-job.ts', simd: simd.at(-1)!, threads, input };
      return trainingSpec(nameOf(penalty, compactEvery), job);
    }),
  );
  return measure(specs, { rounds: quick ? 1 : Math.min(rounds, ROUNDS), label: LABEL, say });
}

const trainingsAmong = (measurements: readonly Measurement[]): Measurement[] =>
  measurements.filter((one) => one.case.startsWith(LABEL));

/** A row a training; times are to that with the same penalty and no compaction. */
export function textTable(measurements: readonly Measurement[]): Table {
  const trainings = trainingsAmong(measurements);
  return {
    title: "The language-modeling example's preset quick-iss on its embedded text",
    note: 'The same seed, penalty and schedule in pairs. Seconds of the whole training: steps, evaluation after each epoch, checkpoints and compactions.',
    head: [
      'training',
      'rounds',
      's',
      'fastest and slowest',
      'to no compaction',
      'units at the end',
      'perplexity, validation',
      'test',
    ],
    rows: trainings.map((one) => [
      ...trainingCells(one),
      ratio(one.ms.median, withoutCompaction(trainings, one)?.ms.median),
      String(one.facts['units']),
      Number(one.facts['valid']).toFixed(2),
      Number(one.facts['test']).toFixed(2),
    ]),
  };
}

/** That compaction saves time and changes nothing that counts. */
export function textGoals(measurements: readonly Measurement[]): Goal[] {
  const trainings = trainingsAmong(measurements);
  return penalties.flatMap((penalty): Goal[] => {
    const compacted = trainings.find(({ contender }) => contender === nameOf(penalty, 1));
    const without = compacted && withoutCompaction(trainings, compacted);
    const perplexity = (one?: Measurement): number | undefined => one && Number(one.facts['test']);
    const of = `${penalty}, embedded text`;
    return [
      {
        what: `time with compaction to time without; ${of}`,
        found: over(compacted?.ms.median, without?.ms.median),
        atMost: 1,
      },
      {
        what: `test perplexity with compaction to that without; ${of}`,
        found: over(perplexity(compacted), perplexity(without)),
        atMost: 1.01,
      },
    ];
  });
}

function withoutCompaction(
  trainings: readonly Measurement[],
  { contender }: Measurement,
): Measurement | undefined {
  const penalty = penalties.find((one) => contender.startsWith(one))!;
  return trainings.find((one) => one.contender === nameOf(penalty, 0));
}
