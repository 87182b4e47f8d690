// Writes the tables and pictures of docs/results from the kept result files. With run directories as arguments, first keeps
// their results: `npm run results -- runs/quick runs/rhn-small-lambda=0.02 ...`.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { keep, readKept, type Kept } from './kept.ts';
import { byLambda, highwayTable, stackedLstmTable } from './language-models.ts';
import { byMethod, questionTable, type QuestionRun } from './question-answering.ts';
import { tradeOff } from './trade-off.ts';

/** A table between two markers of a page, of some of the runs that are kept for it. */
interface Section<Run> {
  /** Name of the page and of the folder of its kept results. */
  readonly page: string;
  /** What its markers are called; its picture has the same name. */
  readonly name: string;
  /** Tells whether a run belongs to it, by its folder's name. */
  readonly has: (run: string) => boolean;
  readonly sorted: (runs: readonly Run[]) => Run[];
  readonly table: (runs: readonly Run[]) => string;
  readonly picture?: (runs: readonly Run[]) => string;
}

const results = join(import.meta.dirname, '../../docs/results');

/** Keeps what belongs to a section, and writes it. */
function write<Result>({ page, name, has, sorted, table, picture }: Section<Kept<Result>>): void {
  const folder = join(results, page);
  keep(
    process.argv.slice(2).filter((run) => has(basename(run))),
    folder,
  );
  const runs = sorted(readKept<Result>(folder).filter((each) => has(each.name)));
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

const isHighway = (run: string): boolean => run.startsWith('rhn');
const isQuestions = (run: string): boolean => run.startsWith('qa');

write({
  ...{ page: 'language-modeling', name: 'quick', sorted: byLambda, table: stackedLstmTable },
  has: (run) => !isHighway(run) && !isQuestions(run),
});
for (const name of ['rhn-small', 'rhn-quick']) {
  write({
    ...{ page: 'recurrent-highway', name, sorted: byLambda, table: highwayTable },
    has: (run) => run.startsWith(name),
    picture: tradeOff,
  });
}
for (const [name, has] of [
  ['squad', (run: string) => run.startsWith('qa-half')],
  ['factbook', (run: string) => run.startsWith('qa-quick')],
] as const) {
  write<QuestionRun['result']>({
    ...{ page: 'question-answering', name, has, sorted: byMethod, table: questionTable },
  });
}
