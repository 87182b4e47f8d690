import { contendersOf, spreadAt, titleOf, type Measurement } from '../process/measure.ts';
import { passes } from '../passes.ts';
import { figures, ratio, type Table } from '../report/table.ts';
import type { SuiteResult } from '../suite.ts';
import { caseName, DEPTH, EQUAL, STEPS, widths } from './networks.ts';

const [dense] = widths;

/** Tables of the `highway` suite: times by setting, with the speed-up that pruning buys. */
export function highwayTables({ measurements, facts }: SuiteResult): Table[] {
  const contenders = contendersOf(measurements);
  return passes().map((kind, index): Table => {
    const ms = (one: Measurement, width: number) =>
      spreadAt(measurements, one, caseName({ ...kind, width }));
    return {
      title: `RHN of depth ${DEPTH}, batch ${kind.batch}, ${STEPS} steps${kind.softmax ? ', with the logits of 10,000 words' : ''}`,
      ...(index === 0 && { note: noteOf(facts) }),
      head: ['contender', ...widths.map(String), 'spread', `speed-up of ${EQUAL}`],
      rows: contenders.map((one) => [
        titleOf(one),
        ...widths.map((width) => figures(ms(one, width)?.median)),
        ratio(ms(one, dense)?.max, ms(one, dense)?.min),
        ratio(ms(one, dense)?.median, ms(one, EQUAL)?.median),
      ]),
    };
  });
}

const noteOf = (facts: SuiteResult['facts']): string =>
  `Medians in ms; "spread" is the slowest over the fastest round of width ${dense}. Before they were timed the contenders gave the same outputs: the largest difference is ${Number(facts['largestDifference']).toExponential(1)}.`;
