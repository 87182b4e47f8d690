import { countMacs } from '@secateur/groups';
import { bidafLayout } from '../../apps/question-answering/src/network/layout.ts';
import {
  dense as bidaf,
  published,
  sizesOf,
  type PublishedRow,
} from '../../apps/question-answering/src/network/published.ts';
import { fullLayout } from '../../apps/question-answering/src/network/of-settings.ts';
import { macsOf, tableTwo } from '../bench/inference/stacked.ts';
import { markdown, mean, runsOf, share } from './kept.ts';
import type { LanguageModelRun } from './language-models.ts';
import { macsOfLarge, publishedLarge } from './large.ts';
import type { QuestionRun } from './question-answering.ts';

/** All kept runs that the table draws on. */
export interface PaperTablesRuns {
  readonly models: readonly LanguageModelRun[];
  readonly highways: readonly LanguageModelRun[];
  readonly questions: readonly QuestionRun[];
}

/** A row: what the paper (Wen et al. 2018) has in one of its tables, and the nearest that we have trained. */
interface Row {
  /** The table, its kind of network and its measure. */
  readonly what: string;
  /** Of the dense network, when there is one, and of the pruned one. */
  readonly paper: readonly [dense: number, pruned: number];
  readonly paperLeft: string;
  readonly ours: string;
  readonly measured: readonly [dense: number | undefined, pruned: number];
  readonly left: string;
  readonly page: string;
}

/** The paper's Tables 1 to 4 beside what came out here: test perplexity of the first two, F1 of the others. */
export function paperTables({ models, highways, questions }: PaperTablesRuns): string {
  const head =
    'Wen et al. 2018|dense → pruned|multiply-adds left|ours|dense → pruned|multiply-adds left|all runs';
  const arrow = (values: readonly (number | undefined)[]): string =>
    values.map((value) => value?.toFixed(2) ?? 'not trained').join(' → ');
  const rows = [...table1(models), table2(highways), table3(questions), table4(questions)];
  return markdown(
    head.split('|'),
    rows.map(({ what, paper, paperLeft, ours, measured, left, page }) => [
      what,
      ...[arrow(paper), paperLeft, ours, arrow(measured), left, `[here](${page})`],
    ]),
  );
}

function table1(models: readonly LanguageModelRun[]): Row[] {
  const [, dense, , pruned] = publishedLarge;
  const paper = {
    what: 'Table 1: stacked LSTMs, Penn Treebank, perplexity',
    paper: [dense.perplexity[1], pruned.perplexity[1]] as const,
    paperLeft: share(macsOfLarge(pruned), macsOfLarge(dense)),
    page: 'language-modeling.md',
  };
  const [large] = runsOf(models, 'large-budget-s');
  const small = runsOf(models, 'small-budget-s');
  return [
    {
      ...paper,
      ours: `1,500 and 1,500 units from random weights, ${large!.result.epochs} epochs`,
      measured: [undefined, large!.result.pruned.perplexity.test],
      left: share(large!.result.pruned.macsPerWord, large!.result.dense.macsPerWord),
    },
    {
      ...paper,
      ours: '200 and 200 units with a teacher, 3 seeds',
      measured: [perplexity(runsOf(models, 'small-dense-s')), perplexity(small)],
      left: macsLeft(small),
    },
  ];
}

function table2(highways: readonly LanguageModelRun[]): Row {
  const [dense, , pruned] = tableTwo;
  const taught = runsOf(highways, 'rhn-quick-s');
  return {
    ...{ what: 'Table 2: Recurrent Highway Network, perplexity', paper: [65.4, 65.4] },
    paperLeft: share(macsOf(pruned!), macsOf(dense!)),
    ours: 'width 200 with a teacher, State of the Union addresses, 3 seeds',
    measured: [perplexity(runsOf(highways, 'rhn-quick-dense-s')), perplexity(taught)],
    ...{ left: macsLeft(taught), page: 'recurrent-highway.md' },
  };
}

function table3(questions: readonly QuestionRun[]): Row {
  const [pruned] = published;
  const [dense, taught] = ['dense', 'budget'].map(
    (kind) => runsOf(questions, `qa-paper-${kind}-s`)[0]!.result,
  );
  return {
    ...{
      what: 'Table 3: BiDAF on SQuAD from trained weights, F1',
      paper: [bidaf.score[1], pruned!.score[1]],
    },
    paperLeft: share(bidafMacs(pruned!), bidafMacs(bidaf)),
    ours: "the paper's sizes, a fifth of the questions, with a teacher",
    measured: [dense!.pruned.test.f1, taught!.pruned.test.f1],
    ...{ left: questionMacsLeft(taught!), page: 'question-answering.md' },
  };
}

function table4(questions: readonly QuestionRun[]): Row {
  const pruned = published.find(({ table }) => table === '4')!;
  const [dense, scratch] = ['qa-half', 'qa-half-iss-0.0005'].map(
    (name) => questions.find((run) => run.name === name)!.result,
  );
  return {
    ...{
      what: 'Table 4: BiDAF on SQuAD from random weights, F1',
      paper: [bidaf.score[1], pruned.score[1]],
    },
    paperLeft: share(bidafMacs(pruned), bidafMacs(bidaf)),
    ours: 'half of its sizes, a fifth of the questions, λ as in the paper',
    measured: [dense!.pruned.test.f1, scratch!.pruned.test.f1],
    ...{ left: questionMacsLeft(scratch!), page: 'question-answering.md' },
  };
}

const perplexity = (runs: readonly LanguageModelRun[]): number =>
  mean(runs.map(({ result }) => result.pruned.perplexity.test));

const macsLeft = (runs: readonly LanguageModelRun[]): string =>
  share(
    mean(runs.map(({ result }) => result.pruned.macsPerWord)),
    mean(runs.map(({ result }) => result.dense.macsPerWord)),
  );

/** Words and characters are fetched, which multiplies nothing. */
const vocabulary = { words: 1, chars: 1 };

const bidafMacs = (row: PublishedRow): number =>
  countMacs(bidafLayout({ ...vocabulary, sizes: sizesOf(row) }));

function questionMacsLeft({ config, pruned }: QuestionRun['result']): string {
  const { word, char, filters, units } = config;
  const sizes = { word, char, filters, ...pruned.sizes };
  return share(
    countMacs(bidafLayout({ ...vocabulary, units, sizes })),
    countMacs(fullLayout(config, vocabulary)),
  );
}
