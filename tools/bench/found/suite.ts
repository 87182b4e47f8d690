import { PAPER_PASS, passName } from '../passes.ts';
import { measureSame, ourContenders } from '../process/our-contenders.ts';
import { contendersOf, spreadAt, titleOf, type Measurement } from '../process/measure.ts';
import { timeCell, type Table } from '../report/table.ts';
import type { Suite, SuiteResult } from '../suite.ts';
import { foundCases, foundNetworks, kinds } from './networks.ts';

/** What pruning buys the networks that were really trained, those of the page on language modeling. */
export const found: Suite = {
  about: 'the networks that ISS found on the Penn Treebank, beside the dense one',
  run(options) {
    const networks = kinds.flatMap((kind) => {
      const all = foundNetworks(kind);
      return options.quick ? all.slice(-1) : all;
    });
    const input = { networks };
    return measureSame(
      'found',
      ourContenders({ module: 'infer/ours-job.ts', input }, options),
      options,
    );
  },
  tables: foundTables,
};

const ENDING = passName('', PAPER_PASS);

/** A table a kind: a row a network, for each contender its time and how many times faster it is than the largest. */
function foundTables({ measurements }: SuiteResult): Table[] {
  const contenders = contendersOf(measurements);
  const ms = (one: Measurement, name: string): number | undefined =>
    spreadAt(measurements, one, name)?.median;
  return kinds.map((kind): Table => {
    const names = foundCases(measurements, kind);
    return {
      title: `Networks of \`${kind}\`, batch 10, 30 steps, with the logits of 10,000 words`,
      note: 'Medians in ms, and how many times faster than the largest.',
      head: ['units', ...contenders.map(titleOf)],
      rows: names.map((name) => [
        name.slice(kind.length + 1, -ENDING.length),
        ...contenders.map((one) => timeCell(ms(one, name), ms(one, names[0]!))),
      ]),
    };
  });
}
