import type { Measurement } from '../process/measure.ts';
import {
  figures,
  goalTable,
  over,
  percent,
  ratio,
  type Goal,
  type Table,
} from '../report/table.ts';
import type { SuiteResult } from '../suite.ts';

/** What a training is called by whether it compacts. */
export const [WITH, WITHOUT] = ['compaction every epoch', 'no compaction'] as const;

/** Stands before the case of the trainings on the embedded text. */
export const TEXT = 'embedded text';

/** Those with which the trainings on the embedded text are done. */
export const penalties = ['proximal', 'subgradient'] as const;

/** What a training on the embedded text is called. */
export const nameOnText = (penalty: string, compactEvery: number): string =>
  `${penalty}, ${compactEvery > 0 ? WITH : WITHOUT}`;

/** A table of trainings, with columns of its own after those that all have. */
function trainingTable(
  text: Pick<Table, 'title' | 'note'>,
  trainings: readonly Measurement[],
  seconds: string,
  columns: Readonly<Record<string, (one: Measurement) => string>>,
): Table {
  return {
    ...text,
    head: ['training', 'rounds', seconds, 'fastest and slowest', ...Object.keys(columns)],
    rows: trainings.map((one) => [
      one.contender,
      String(one.ms.rounds.length),
      figures(one.ms.median / 1000),
      `${figures(one.ms.min / 1000)} to ${figures(one.ms.max / 1000)}`,
      ...Object.values(columns).map((cell) => cell(one)),
    ]),
  };
}

/** Tables of the `compact` suite: words that are easy to predict, the embedded text, the goals. */
export function compactTables({ measurements, facts }: SuiteResult): Table[] {
  const at = (contender: string, part: string): Measurement | undefined =>
    measurements.find((one) => one.contender === contender && one.case === part);
  const { units, epochs, windows, lambda } = facts as Record<string, number>;
  const [without, compacted] = [at(WITHOUT, 'all epochs'), at(WITH, 'all epochs')];
  const easy = trainingTable(
    {
      title: `Training ${epochs} epochs of ${windows} steps, ${units} units at first, lambda ${lambda}, proximal`,
      note: 'Seconds of the whole training, compactions included, and of its last epoch. Units die because the penalty takes them, not by a schedule.',
    },
    [without, compacted].flatMap((one) => one ?? []),
    'all, s',
    {
      'last epoch, s': ({ contender }) =>
        figures((at(contender, 'last epoch')?.ms.median ?? NaN) / 1000),
      'to no compaction': ({ ms }) => ratio(ms.median, without?.ms.median),
      'units at the end': (one) => sizesOf(one).join(', '),
      share: (one) => percent(sizesOf(one).reduce((sum, size) => sum + size, 0) / units!),
      'loss a word at the end': (one) => Number(one.facts['loss']).toFixed(3),
    },
  );
  const goal: Goal = {
    what: 'time with compaction to time without; words that are easy to predict',
    found: over(compacted?.ms.median, without?.ms.median),
    atMost: 0.6,
  };
  const onText = measurements.filter((one) => one.case.startsWith(TEXT));
  return [easy, textTable(onText), goalTable([goal, ...textGoals(onText)])];
}

/** Units alive after the last epoch, by layer. */
function sizesOf({ facts }: Measurement): number[] {
  const last = String(facts['alive']).split(' ').at(-1)!;
  return last.split('+').map(Number);
}

/** A row a training; times are to that with the same penalty and no compaction. */
function textTable(trainings: readonly Measurement[]): Table {
  return trainingTable(
    {
      title: "The language-modeling example's preset quick-iss on its embedded text",
      note: 'The same seed, penalty and schedule in pairs. Seconds of the whole training: steps, evaluation after each epoch, checkpoints and compactions.',
    },
    trainings,
    's',
    {
      'to no compaction': ({ contender, ms }) => {
        const penalty = penalties.find((each) => contender.startsWith(each))!;
        return ratio(ms.median, onText(trainings, penalty, 0)?.ms.median);
      },
      'units at the end': ({ facts }) => String(facts['units']),
      'perplexity, validation': ({ facts }) => Number(facts['valid']).toFixed(2),
      test: ({ facts }) => Number(facts['test']).toFixed(2),
    },
  );
}

/** That compaction saves time and changes nothing that counts. */
function textGoals(trainings: readonly Measurement[]): Goal[] {
  return penalties.flatMap((penalty): Goal[] => {
    const [without, compacted] = [0, 1].map((every) => onText(trainings, penalty, every));
    const perplexity = (one?: Measurement): number | undefined => one && Number(one.facts['test']);
    return [
      {
        what: `time with compaction to time without; ${penalty}, ${TEXT}`,
        found: over(compacted?.ms.median, without?.ms.median),
        atMost: 1,
      },
      {
        what: `test perplexity with compaction to that without; ${penalty}, ${TEXT}`,
        found: over(perplexity(compacted), perplexity(without)),
        atMost: 1.01,
      },
    ];
  });
}

/** The training on the embedded text with a penalty, and with or without compaction. */
const onText = (
  trainings: readonly Measurement[],
  penalty: string,
  compactEvery: number,
): Measurement | undefined =>
  trainings.find(({ contender }) => contender === nameOnText(penalty, compactEvery));
