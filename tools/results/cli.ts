// Writes the tables and pictures of docs/results from the kept result files. With run directories as arguments, first keeps
// their results: `npm run results -- runs/quick runs/rhn-small-lambda=0.02 ...`.
import { basename, join } from 'node:path';
import { writeFileAtomic } from '@secateur/training';
import { Command } from 'commander';
import { writeBetween } from '../between.ts';
import { budgetsPicture, budgetsTable, isTradeOff } from './budgets.ts';
import { highwayPictures, paperPictures } from './pictures.ts';
import { keep, readKept, type Kept } from './kept.ts';
import {
  byLambda,
  byMethod,
  highwayTable,
  paperTable,
  pictured,
  seedsTable,
  type LanguageModelRun,
  stackedLstmTable,
} from './language-models.ts';
import { foundTimes, paperSizes } from './times.ts';
import { readmeTexts } from './readme.ts';
import { byMethod as byQuestionMethod, questionTable } from './question-answering.ts';

/** A table between two markers of a page, of some of the runs that are kept for it. */
interface Section<Result> {
  /** Name of the page and of the folder of its kept results. */
  readonly page: string;
  /** What its markers are called. */
  readonly name: string;
  /** Tells whether a run belongs to it, by its folder's name. */
  readonly has: (run: string) => boolean;
  /** What is kept of a run beside result and settings. */
  readonly more?: (run: string, result: Result) => Promise<object>;
  readonly sorted: (runs: readonly Kept<Result>[]) => Kept<Result>[];
  readonly table: (runs: readonly Kept<Result>[]) => string;
  /** SVG by the name of its file, which lies beside the kept results. */
  readonly pictures?: (runs: readonly Kept<Result>[]) => Readonly<Record<string, string>>;
}

const program = new Command('results')
  .description('Writes the tables and pictures of docs/results from the kept result files.')
  .argument('[runs...]', 'folders of finished runs, whose results are kept first')
  .option(
    '--folder <folder>',
    'folder of the pages',
    join(import.meta.dirname, '../../docs/results'),
  )
  .option(
    '--readme <file>',
    'the README that shows some of it',
    join(import.meta.dirname, '../../README.md'),
  )
  .parse();
const { folder: results, readme } = program.opts<{ folder: string; readme: string }>();

/** Keeps what belongs to a section, and writes it. */
async function write<Result>(section: Section<Result>): Promise<void> {
  const { page, name, has, more = () => Promise.resolve({}), sorted, table, pictures } = section;
  const folder = join(results, page);
  await keep<Result>(
    program.args.filter((run) => has(basename(run))),
    folder,
    more,
  );
  const runs = sorted(readKept<Result>(folder).filter((each) => has(each.name)));
  await between(page, name, table(runs));
  for (const [file, svg] of Object.entries(pictures?.(runs) ?? {})) {
    writeFileAtomic(join(folder, `${file}.svg`), withOwnNames(svg));
  }
}

/** The chart library counts its names on from one chart to the next; a file that did not change should not differ. */
function withOwnNames(svg: string): string {
  const names = new Map<string, string>();
  return svg.replace(/\bzr\d+-(\D+)\d+/g, (name, kind: string) => {
    const own = names.get(name) ?? `zr-${kind}${names.size}`;
    names.set(name, own);
    return own;
  });
}

/** Puts text between two markers of a page, and shows it. */
async function between(page: string, name: string, text: string): Promise<void> {
  await writeBetween(join(results, `${page}.md`), { [name]: text });
  console.log(text);
}

const startsWith =
  (start: string) =>
  (run: string): boolean =>
    run.startsWith(start);

const isQuick = (run: string): boolean => run.startsWith('quick') && !run.startsWith('quick-iss');
for (const [name, table] of [
  ['quick-seeds', seedsTable],
  ['quick', stackedLstmTable],
] as const) {
  await write({ page: 'language-modeling', name, has: isQuick, sorted: byMethod, table });
}
await write<LanguageModelRun['result']>({
  ...{ page: 'language-modeling', name: 'budgets', has: isTradeOff, sorted: byMethod },
  ...{ table: budgetsTable, pictures: (runs) => ({ budgets: budgetsPicture(runs) }) },
});
await writeBetween(
  readme,
  readmeTexts(
    byMethod(
      readKept<LanguageModelRun['result']>(join(results, 'language-modeling')).filter(({ name }) =>
        isQuick(name),
      ),
    ),
  ),
);
await write({
  ...{ page: 'language-modeling', name: 'quick-iss', has: startsWith('quick-iss') },
  ...{ sorted: byLambda, table: stackedLstmTable },
});
for (const [name, shown] of [
  ['small', 0.004],
  ['medium', 0.002],
] as const) {
  await write({
    ...{ page: 'language-modeling', name, has: startsWith(name) },
    // The pattern of a matrix of medium would be a picture of 250 kB that shows nothing new.
    more: pictured({ pattern: name === 'small' }),
    ...{ sorted: byMethod, table: paperTable(foundTimes(name)) },
    pictures: paperPictures(name, shown),
  });
}
await between('language-modeling', 'sizes', paperSizes());
for (const name of ['rhn-small', 'rhn-quick']) {
  await write({
    ...{ page: 'recurrent-highway', name, has: startsWith(name), sorted: byMethod },
    ...{ table: highwayTable, pictures: highwayPictures(name) },
  });
}
for (const [name, start] of [
  ['squad', 'qa-half'],
  ['factbook', 'qa-quick'],
] as const) {
  await write({
    ...{ page: 'question-answering', name, has: startsWith(start) },
    ...{ sorted: byQuestionMethod, table: questionTable },
  });
}
