// Writes the tables and pictures of docs/results from the kept result files. With run directories as arguments, first keeps
// their results: `npm run results -- runs/quick runs/rhn-small-lambda=0.02 ...`.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { keep, readKept, type Kept } from './kept.ts';
import { highwayTable, stackedLstmTable } from './tables.ts';
import { tradeOff } from './trade-off.ts';

interface Page {
  /** Name of the page and of the folder of its kept results. */
  readonly name: string;
  /** Tells whether a run belongs to the page, by its folder's name. */
  readonly has: (run: string) => boolean;
  readonly table: (all: readonly Kept[]) => string;
  readonly picture?: (all: readonly Kept[]) => string;
}

const isHighway = (run: string): boolean => run.startsWith('rhn');

const pages: readonly Page[] = [
  { name: 'language-modeling', has: (run) => !isHighway(run), table: stackedLstmTable },
  { name: 'recurrent-highway', has: isHighway, table: highwayTable, picture: tradeOff },
];

const results = join(import.meta.dirname, '../../docs/results');
const [begin, end] = ['<!-- table: begin -->', '<!-- table: end -->'];

for (const { name, has, table, picture } of pages) {
  const folder = join(results, name);
  keep(
    process.argv.slice(2).filter((run) => has(basename(run))),
    folder,
  );
  const all = readKept(folder);
  const page = join(results, `${name}.md`);
  const [before, rest] = readFileSync(page, 'utf8').split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) {
    throw new Error(`${page}: expected the markers "${begin}" and "${end}", found them not.`);
  }
  const written = table(all);
  writeFileSync(page, `${before}${begin}\n\n${written}\n\n${end}${after}`);
  if (picture !== undefined) writeFileSync(join(folder, 'trade-off.svg'), picture(all));
  console.log(written);
}
