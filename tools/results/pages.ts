import { basename, join } from 'node:path';
import { writeFileAtomic } from '@secateur/training';
import { writeBetween } from '../between.ts';
import { keepKit, kitPage, readKit } from '../kit/page.ts';
import { behindTable, budgetsPicture, budgetsTable, isTradeOff } from './budgets.ts';
import { isSeeded, keep, readKept, type Kept } from './kept.ts';
import {
  byLambda,
  byMethod,
  highwayTable,
  paperTable,
  pictured,
  seedsTable,
  stackedLstmTable,
  type LanguageModelRun,
} from './language-models.ts';
import { largeTable } from './large.ts';
import { paperQuestionsTable } from './paper-questions.ts';
import { paperTables } from './paper-tables.ts';
import { highwayPictures, paperPictures } from './pictures.ts';
import {
  byMethod as byQuestionMethod,
  questionSeedsTable,
  questionTable,
  type QuestionRun,
} from './question-answering.ts';
import { overviewTexts, shortTable } from './readme.ts';
import { foundTimes, largeTimes, paperSizes } from './times.ts';

/** Where the pages are, and which folders of finished runs are kept first. */
export interface PagesOptions {
  /** Folder of the pages. */
  readonly folder: string;
  /** The README that shows some of it. */
  readonly readme: string;
  readonly runs?: readonly string[];
  /** What a run of the WebGPU kit left, which is kept first. */
  readonly kit?: string;
}

/** A table between two markers of a page, of some of the runs that are kept for it. */
interface Section<Run extends Kept<unknown>> {
  /** Name of the page and of the folder of its kept results. */
  readonly page: string;
  /** What its markers are called. */
  readonly name: string;
  /** Tells whether a run belongs to it, by its folder's name. */
  has(run: string): boolean;
  /** What is kept of a run beside result and settings. */
  more?(run: string, result: Run['result']): Promise<object>;
  sorted(runs: readonly Run[]): Run[];
  table(runs: readonly Run[]): string;
  /** SVG by the name of its file, which lies beside the kept results. */
  pictures?(runs: readonly Run[]): Readonly<Record<string, string>>;
}

const startsWith =
  (start: string) =>
  (run: string): boolean =>
    run.startsWith(start);

const isQuick = (run: string): boolean => run.startsWith('quick') && !run.startsWith('quick-iss');

const languageModels: readonly Section<LanguageModelRun>[] = [
  ...(
    [
      ['quick-seeds', seedsTable],
      ['quick', stackedLstmTable],
    ] as const
  ).map(([name, table]) => ({
    page: 'language-modeling',
    name,
    has: isQuick,
    sorted: byMethod,
    table,
  })),
  {
    page: 'language-modeling',
    name: 'budgets',
    has: isTradeOff,
    sorted: byMethod,
    table: budgetsTable,
    pictures: (runs) => ({ budgets: budgetsPicture(runs) }),
  },
  {
    page: 'language-modeling',
    name: 'behind',
    has: isTradeOff,
    sorted: byMethod,
    table: behindTable,
  },
  {
    page: 'language-modeling',
    name: 'tried',
    has: (run) => run.startsWith('tried-') || /^quick-dense-s\d$/.test(run),
    sorted: byMethod,
    table: seedsTable,
  },
  {
    page: 'language-modeling',
    name: 'quick-iss',
    has: startsWith('quick-iss'),
    sorted: byLambda,
    table: stackedLstmTable,
  },
  ...(
    [
      ['small', 0.004],
      ['medium', 0.002],
    ] as const
  ).map(([name, shown]) => ({
    page: 'language-modeling',
    name,
    has: (run: string) => run.startsWith(name) && !isSeeded(run),
    // The pattern of a matrix of medium would be a picture of 250 kB that shows nothing new.
    more: pictured({ pattern: name === 'small' }),
    sorted: byMethod,
    table: paperTable(foundTimes(name)),
    pictures: paperPictures(name, shown),
  })),
  {
    ...{ page: 'language-modeling', name: 'large', sorted: byMethod, table: largeTable },
    has: startsWith('large-'),
  },
  ...(
    [
      ['language-modeling', 'small'],
      ['recurrent-highway', 'rhn'],
    ] as const
  ).map(([page, name]) => ({
    ...{ page, name: `${name}-taught`, sorted: byMethod, table: seedsTable },
    has: (run: string) => run.startsWith(name) && isSeeded(run),
  })),
  ...['rhn-small', 'rhn-quick'].map((name) => ({
    page: 'recurrent-highway',
    name,
    has: (run: string) => run.startsWith(name) && !isSeeded(run),
    sorted: byMethod,
    table: highwayTable,
    pictures: highwayPictures(name),
  })),
];

const questions: readonly Section<QuestionRun>[] = (
  [
    ['squad-paper', startsWith('qa-paper'), paperQuestionsTable],
    ['squad', startsWith('qa-half'), questionTable],
    ['factbook', (run: string) => run.startsWith('qa-quick') && !isSeeded(run), questionTable],
    [
      'factbook-taught',
      (run: string) => run.startsWith('qa-quick') && isSeeded(run),
      questionSeedsTable,
    ],
  ] as const
).map(([name, has, table]) => ({
  ...{ page: 'question-answering', name, has, table },
  sorted: byQuestionMethod,
}));

/** Keeps the results of runs, writes all tables and pictures, and returns the tables. */
export async function writePages({
  folder,
  readme,
  runs = [],
  kit,
}: PagesOptions): Promise<string[]> {
  const texts: Record<string, Record<string, string>> = {};
  const write = async <Run extends Kept<unknown>>(section: Section<Run>): Promise<void> => {
    const { page, name } = section;
    const kept = join(folder, page);
    const more = section.more ?? (() => Promise.resolve({}));
    await keep<Run['result']>(
      runs.filter((run) => section.has(basename(run))),
      kept,
      more,
    );
    const all = (readKept(kept) as Run[]).filter((run) => section.has(run.name));
    const sorted = section.sorted(all);
    texts[page] = { ...texts[page], [name]: section.table(sorted) };
    for (const [file, svg] of Object.entries(section.pictures?.(sorted) ?? {})) {
      writeFileAtomic(join(kept, `${file}.svg`), withNamesFromZero(svg));
    }
  };
  for (const section of languageModels) await write(section);
  for (const section of questions) await write(section);
  const models = readKept(join(folder, 'language-modeling')) as LanguageModelRun[];
  const quick = models.filter(({ name }) => isQuick(name));
  const large = models.find(({ name }) => name.startsWith('large-budget'))!;
  Object.assign(texts['language-modeling']!, {
    sizes: paperSizes(),
    'large-times': largeTimes(large.result.pruned.sizes),
    'quick-short': shortTable(quick),
  });
  if (kit !== undefined) keepKit(kit, join(folder, 'webgpu'));
  const ran = readKit(join(folder, 'webgpu'));
  const onWasm = quick.find(({ name }) => name === 'quick-s1')!.result;
  if (ran !== undefined) texts['webgpu'] = { kit: kitPage(ran, onWasm) };
  for (const [page, parts] of Object.entries(texts)) {
    await writeBetween(join(folder, `${page}.md`), parts);
  }
  await writeBetween(join(folder, 'README.md'), {
    ...overviewTexts(quick),
    'paper-tables': paperTables({
      models,
      highways: readKept(join(folder, 'recurrent-highway')) as LanguageModelRun[],
      questions: readKept(join(folder, 'question-answering')) as QuestionRun[],
    }),
  });
  await writeBetween(readme, { 'quick-seeds': shortTable(quick) });
  return Object.values(texts).flatMap((parts) => Object.values(parts));
}

/** The chart library counts its names on from one chart to the next; a file that did not change should not differ. */
function withNamesFromZero(svg: string): string {
  const names = new Map<string, string>();
  return svg.replace(/\bzr\d+-(\D+)\d+/g, (name, kind: string) => {
    const renamed = names.get(name) ?? `zr-${kind}${names.size}`;
    names.set(name, renamed);
    return renamed;
  });
}
