// Writes the tables and pictures of docs/results from the kept result files. With run directories as arguments, first keeps
// their results: `npm run results -- runs/quick runs/rhn-small-lambda=0.02 ...`.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { keep, readKept, type Kept } from './kept.ts';
import { highwayTable, stackedLstmTable } from './tables.ts';
import { tradeOff } from './trade-off.ts';

/** A table between two markers of a page, of some of the runs that are kept for it. */
interface Section {
  /** Name of the page and of the folder of its kept results. */
  readonly page: string;
  /** What its markers are called; its picture has the same name. */
  readonly name: string;
  /** Tells whether a run belongs to it, by its folder's name. */
  readonly has: (run: string) => boolean;
  readonly table: (runs: readonly Kept[]) => string;
  readonly picture?: (runs: readonly Kept[]) => string;
}

const highway = (name: string, has: Section['has']): Section => ({
  ...{ page: 'recurrent-highway', name, has },
  ...{ table: highwayTable, picture: tradeOff },
});

const sections: readonly Section[] = [
  {
    ...{ page: 'language-modeling', name: 'quick', table: stackedLstmTable },
    has: (run) => !run.startsWith('rhn'),
  },
  highway('rhn-small', (run) => run.startsWith('rhn-small')),
  highway('rhn-quick', (run) => run.startsWith('rhn-quick')),
];

const results = join(import.meta.dirname, '../../docs/results');

for (const { page, name, has, table, picture } of sections) {
  const folder = join(results, page);
  keep(
    process.argv.slice(2).filter((run) => has(basename(run))),
    folder,
  );
  const runs = readKept(folder).filter((each) => has(each.name));
  const file = join(results, `${page}.md`);
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const [before, rest] = readFileSync(file, 'utf8').split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) {
    throw new Error(`${file}: expected the markers "${begin}" and "${end}", found them not.`);
  }
  const written = table(runs);
  writeFileSync(file, `${before}${begin}\n\n${written}\n\n${end}${after}`);
  if (picture !== undefined) writeFileSync(join(folder, `${name}.svg`), picture(runs));
  console.log(written);
}
