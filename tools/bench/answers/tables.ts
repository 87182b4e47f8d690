import { contendersOf, spreadAt, titleOf, type Measurement } from '../process/measure.ts';
import { NATIVE, OURS } from '../process/our-contenders.ts';
import { figures, goalTable, over, ratio, type Goal, type Table } from '../report/table.ts';
import type { SuiteResult } from '../suite.ts';
import { CONTEXT, QUESTION, rowName, rows, weightsOf } from './networks.ts';

const [dense] = rows as [(typeof rows)[number]];
const smallest = rows.at(-1)!;
/** What the paper's Table 4 reports: 6.20 ms to 2.74 ms. */
const PAPER = 6.2 / 2.74;

/** Tables of the `answers` suite: times and speed-ups by network, then the goals. */
export function answersTables({ measurements, facts }: SuiteResult): Table[] {
  const contenders = contendersOf(measurements);
  const find = (one: Measurement, row: (typeof rows)[number]) =>
    spreadAt(measurements, one, rowName(row));
  const table = (
    title: string,
    cell: (one: Measurement, row: (typeof rows)[number]) => string,
  ): Table => ({
    title,
    head: ['units left', 'weights', ...contenders.map(titleOf)],
    rows: rows.map((row) => [
      `${row.units.join(', ')} (table ${row.table})`,
      `${(weightsOf(row) / 1e6).toFixed(2)} M`,
      ...contenders.map((one) => cell(one, row)),
    ]),
  });
  const speedUp = (one: Measurement) => over(find(one, dense)?.median, find(one, smallest)?.median);
  const goals = contenders
    .filter(({ contender }) => contender === OURS || contender === NATIVE)
    .map((one): Goal => ({
      what: `speed-up of ${smallest.units.join(', ')}, ${titleOf(one)}`,
      found: speedUp(one),
      atLeast: PAPER,
    }));
  return [
    {
      ...table('BiDAF, one question', (one, row) => figures(find(one, row)?.median)),
      note: `Medians in ms, ${CONTEXT} tokens of context and ${QUESTION} of question. Before they were timed the contenders gave the same logits: the largest difference is ${Number(facts['largestDifference']).toExponential(1)}.`,
    },
    {
      ...table('Speed-up of the pruned networks', (one, row) =>
        ratio(find(one, dense)?.median, find(one, row)?.median),
      ),
      note: `The slowest over the fastest round of the dense network: ${contenders.map((one) => `${ratio(find(one, dense)?.max, find(one, dense)?.min)} (${titleOf(one)})`).join(', ')}.`,
    },
    goalTable(goals),
  ];
}
