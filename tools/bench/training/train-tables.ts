import { COMPOSED, NATIVE, OURS } from '../inference/contenders.ts';
import { languageModels } from './language-model.ts';
import { MODEL_NAMES, type ModelName } from '../options.ts';
import { titleOf, type Measurement } from '../process/measure.ts';
import { figures, goalTable, over, ratio, type Goal, type Table } from '../report/table.ts';
import type { SuiteResult } from '../suite.ts';

/** Names of the contenders of `train` alone. */
export const [CPU, TORCH, CUDA] = ['composed, stock cpu', 'PyTorch', 'PyTorch, CUDA'] as const;

/** Tables of the `train` suite: one a model, then the goals. */
export function trainTables({ measurements }: SuiteResult): Table[] {
  const measured = MODEL_NAMES.filter((model) => of(measurements, model).length > 0);
  return [
    ...measured.map((model, index) => modelTable(model, of(measurements, model), index === 0)),
    goalTable(goals(measurements)),
  ];
}

const of = (measurements: readonly Measurement[], model: ModelName): Measurement[] =>
  measurements.filter((one) => one.case === `${model} step`);

function modelTable(model: ModelName, rows: readonly Measurement[], first: boolean): Table {
  const { embed, hidden, vocab, batch, steps, dropout } = languageModels[model];
  const words = batch * steps;
  const fastest = best(rows, OURS, 1);
  return {
    title: `A training step, ${model}: ${embed} to ${hidden.join(', ')} units, ${vocab} words, batch ${batch}, ${steps} steps, dropout ${dropout}`,
    ...(first && { note: noteOf(rows) }),
    head: [
      'contender',
      'words a second',
      'ms a step',
      'fastest and slowest',
      'rounds',
      'time to ours, 1 thread',
      'peak, MiB',
      'at the start, MiB',
    ],
    rows: rows.map((one) => [
      titleOf(one),
      figures((1000 * words) / one.ms.median),
      figures(one.ms.median),
      `${figures(one.ms.min)} to ${figures(one.ms.max)}`,
      String(one.ms.rounds.length),
      ratio(one.ms.median, fastest?.ms.median),
      figures(mebibytes(one, 'peakKib')),
      figures(mebibytes(one, 'startKib')),
    ]),
  };
}

function noteOf(rows: readonly Measurement[]): string {
  const torch = rows.find(({ facts }) => facts['torch'] !== undefined)?.facts['torch'];
  return [
    'Forward, backward, clip and update. Peak memory is of the whole process; "at the start" is its resident size with everything imported and the backend started, before the model.',
    'Where the slow contenders have a single round, none was run before it to warm up.',
    ...(torch === undefined ? [] : [`PyTorch is ${torch}.`]),
  ].join(' ');
}

const mebibytes = (one: Measurement | undefined, fact: string): number | undefined =>
  typeof one?.facts[fact] === 'number' ? one.facts[fact] / 1024 : undefined;

/** Ours in its richest build, the others as they are. */
function best(
  rows: readonly Measurement[],
  contender: string,
  threads: number,
): Measurement | undefined {
  return rows.findLast((one) => one.contender === contender && one.threads === threads);
}

function goals(measurements: readonly Measurement[]): Goal[] {
  const ms = (model: ModelName, contender: string, threads = 1): number | undefined =>
    best(of(measurements, model), contender, threads)?.ms.median;
  const most = Math.max(1, ...measurements.map(({ threads }) => threads));
  const peak = (contender: string) =>
    mebibytes(best(of(measurements, 'medium'), contender, 1), 'peakKib');
  const faster = (model: ModelName, than: string, atLeast: number): Goal => ({
    what: `${model}: times faster than ${than}, 1 thread`,
    found: over(ms(model, than), ms(model, OURS)),
    atLeast,
  });
  return [
    faster('small', COMPOSED, 8),
    faster('medium', COMPOSED, 8),
    faster('small', CPU, 25),
    faster('medium', CPU, 25),
    {
      what: `medium: times faster with ${most === 1 ? 'two' : most} threads than with one`,
      found: most === 1 ? undefined : over(ms('medium', OURS), ms('medium', OURS, most)),
      atLeast: 1.6,
    },
    {
      what: `medium: native TensorFlow, times faster than wasm, ${most} threads`,
      found: over(ms('medium', OURS, most), ms('medium', NATIVE, most)),
      atLeast: 2,
    },
    {
      what: `medium: native TensorFlow's speed to PyTorch's, ${most} threads`,
      found: over(ms('medium', TORCH, most), ms('medium', NATIVE, most)),
      atLeast: 0.8,
    },
    { what: "medium: peak memory to PyTorch's", found: over(peak(OURS), peak(TORCH)), atMost: 1.3 },
  ];
}
