import { presets } from '../../apps/language-modeling/src/presets.ts';
import type { Result } from '../../apps/language-modeling/src/result.ts';
import { sizeSettings, type Settings } from '../../apps/language-modeling/src/settings.ts';
import { commandOf } from './command.ts';
import { historyOf, type TrainingHistory } from './training-history.ts';
import { bySeeds, markdown, mean, spread, thousands, isSeeded, type Kept } from './kept.ts';
import { patternOf, type PatternPair } from './pattern.ts';

/** What is kept of a run of the language model beside its result. */
interface More {
  /** The whole training; absent of runs that no picture needs. */
  readonly history?: TrainingHistory;
  /** Where the second layer's kernel is zero; of large networks not kept. */
  readonly pattern?: PatternPair;
}

/** A kept run of the language model. */
export type LanguageModelRun = Kept<Result & More & { readonly config: Settings }>;

/** Reads what the pictures of a stacked LSTM's run need; with `pattern` also the one of a matrix. */
export const pictured =
  ({ pattern }: { readonly pattern: boolean }) =>
  async (run: string, { lambda }: { lambda: number }): Promise<More> => ({
    history: historyOf(run, lambda),
    ...(pattern && lambda > 0 && { pattern: await patternOf(run, 'lstm2/kernel') }),
  });

/** What a run is, in the order of the tables. */
export const methods = [
  'dense',
  'dense, direct design',
  'dense, trained longer',
  'ISS',
  'ISS, proximal',
  'ISS, then λ = 0',
  'ISS, fine-tuned',
  'budget',
  'budget, from trained weights',
  'magnitude, trained on',
] as const;

/** See {@link methods}. */
export type Method = (typeof methods)[number];

/** The kept run whose model a run starts from, if that is one of its page. */
export const sourceOf = (
  { result: { config } }: LanguageModelRun,
  all: readonly LanguageModelRun[],
): LanguageModelRun | undefined =>
  all.find(({ name }) => config.from?.split(/[\\/]/).includes(name));

/** What a run is, among all of its page. A dense network smaller than the largest is a direct design of a found size. */
export function methodOf(run: LanguageModelRun, all: readonly LanguageModelRun[]): Method {
  const { lambda, config, dense } = run.result;
  if (config.targetMacs)
    return config.fromTeacher || config.from ? 'budget, from trained weights' : 'budget';
  if (config.from && /magnitude/.test(run.name)) return 'magnitude, trained on';
  // Runs that are older than the setting lack it.
  if (config.from && lambda > 0) return 'ISS, fine-tuned';
  if (config.from) {
    return sourceOf(run, all)?.result.lambda === 0 ? 'dense, trained longer' : 'ISS, then λ = 0';
  }
  if (lambda > 0) return config.penalty === 'proximal' ? 'ISS, proximal' : 'ISS';
  const full = Math.max(...all.map((each) => each.result.dense.parameters));
  // Among runs with several seeds there may be a teacher that is larger than the network that the rest is compared with.
  const isDirect = isSeeded(run.name) ? /direct/.test(run.name) : dense.parameters < full;
  return isDirect ? 'dense, direct design' : 'dense';
}

/** The rate of dropout of a stacked LSTM; 0 of a Recurrent Highway Network, which has four of them. */
export const dropoutOf = ({ result: { config } }: LanguageModelRun): number =>
  config.cell === 'lstm' ? config.dropout : 0;

/** What is added to a name in a picture's legend where there is dropout. */
export const dropoutSuffix = (rate: number): string => (rate > 0 ? `, dropout ${rate}` : '');

/** Sorts by lambda, then from large networks to small ones, then by seed. */
export function byLambda(runs: readonly LanguageModelRun[]): LanguageModelRun[] {
  return [...runs].sort(
    ({ result: a }, { result: b }) =>
      a.lambda - b.lambda || b.dense.parameters - a.dense.parameters || a.seed - b.seed,
  );
}

/** Sorts by method, then from no dropout to much, then by lambda, then from large networks to small ones. */
export function byMethod(runs: readonly LanguageModelRun[]): LanguageModelRun[] {
  const place = (run: LanguageModelRun): number => methods.indexOf(methodOf(run, runs));
  return [...runs].sort(
    (a, b) =>
      place(a) - place(b) ||
      Number(a.result.teacher !== null) - Number(b.result.teacher !== null) ||
      (b.result.targetMacs ?? 0) - (a.result.targetMacs ?? 0) ||
      dropoutOf(a) - dropoutOf(b) ||
      a.result.lambda - b.result.lambda ||
      a.result.epochs - b.result.epochs ||
      (isSeeded(a.name) && isSeeded(b.name)
        ? a.result.seed - b.result.seed
        : b.result.pruned.parameters - a.result.pruned.parameters),
  );
}

/** What a run is, with what drove its components to zero and whether a teacher took part. */
function labelOf(run: LanguageModelRun, all: readonly LanguageModelRun[]): string {
  const { lambda, config } = run.result;
  return [
    methodOf(run, all),
    ...(lambda > 0 ? [`λ = ${lambda}`] : []),
    ...(config.targetMacs ? [String(config.targetMacs), ...paceOf(run, all)] : []),
    ...taughtHow(run),
  ].join(', ');
}

/** Whether a teacher took part, and what is not as in the presets. */
function taughtHow({ name, result: { teacher } }: LanguageModelRun): string[] {
  if (!teacher) return [];
  return [
    `taught${/larger/.test(name) ? ' by a larger network' : ''}`,
    ...(teacher.share === 0.5 ? [] : [`share ${teacher.share}`]),
    ...(teacher.temperature === 1 ? [] : [`temperature ${teacher.temperature}`]),
  ];
}

/** In how many epochs a run comes down to its budget, where others of its page differ. */
function paceOf(
  { result: { config } }: LanguageModelRun,
  all: readonly LanguageModelRun[],
): string[] {
  const budgets = all.filter((each) => each.result.config.targetMacs);
  const paces = new Set(budgets.map((each) => each.result.config.shrinkEpochs));
  return paces.size > 1
    ? [`in ${config.shrinkEpochs} ${config.shrinkEpochs === 1 ? 'epoch' : 'epochs'}`]
    : [];
}

/** Cells of a run by the head of their column. */
type Columns = Readonly<
  Record<string, (run: LanguageModelRun, all: readonly LanguageModelRun[]) => string>
>;

/** A table with a row for each run. */
const tableOf =
  (columns: Columns) =>
  (all: readonly LanguageModelRun[]): string =>
    markdown(
      Object.keys(columns),
      all.map((run) => Object.values(columns).map((cell) => cell(run, all))),
    );

/** Columns that the tables share. */
const method: Columns = { method: methodOf, λ: ({ result }) => String(result.lambda) };
const perplexity: Columns = {
  'perplexity, validation': ({ result }) => result.pruned.perplexity.valid.toFixed(2),
  test: ({ result }) => result.pruned.perplexity.test.toFixed(2),
};
const units: Columns = { units: ({ result }) => result.pruned.sizes.join(', ') };
const cost: Columns = {
  parameters: ({ result }) => thousands(result.pruned.parameters),
  'multiply-adds a word': ({ result }) => thousands(result.pruned.macsPerWord),
};
const epochs: Columns = { epochs: ({ result }) => String(result.epochs) };
const seconds: Columns = { 'training, s': ({ result }) => result.trainingSeconds.toFixed(0) };
const command: Columns = {
  command: ({ result: { config } }) => {
    // The sizes of a run that starts from a model are that model's.
    const quiet = ['data', 'maxVocab', ...(config.from ? sizeSettings : [])];
    return `\`${commandOf('lm', config, presets, { quiet, usual: 'quick' })}\``;
  },
};

/** The table of the stacked LSTM's runs on the embedded text. */
export const stackedLstmTable = tableOf({
  network: labelOf,
  seed: ({ result }) => String(result.seed),
  ...units,
  ...cost,
  ...perplexity,
  ...epochs,
  ...seconds,
  ...command,
});

/** What the seeds of each kind of run give together: means with their spread. The first are of the dense network. */
export function seedsTable(all: readonly LanguageModelRun[]): string {
  const head =
    'network|seeds|units|multiply-adds a word|of the dense|perplexity, validation|test|epochs';
  const full = all[0]?.result.pruned.macsPerWord ?? NaN;
  return markdown(
    head.split('|'),
    bySeeds(all).map((runs) => {
      const of = (value: (result: LanguageModelRun['result']) => number): number[] =>
        runs.map(({ result }) => value(result));
      const macs = of(({ pruned }) => pruned.macsPerWord);
      return [
        labelOf(runs[0]!, all),
        String(runs.length),
        [...new Set(runs.map(({ result }) => result.pruned.sizes.join(', ')))].join('; '),
        thousands(Math.round(mean(macs))),
        `${((100 * mean(macs)) / full).toFixed(1)} %`,
        spread(of(({ pruned }) => pruned.perplexity.valid)),
        spread(of(({ pruned }) => pruned.perplexity.test)),
        String(runs[0]!.result.epochs),
      ];
    }),
  );
}

/** Times of networks by their units: milliseconds, and how many times faster than the dense network. */
export interface Times {
  readonly head: readonly string[];
  of(units: readonly number[]): readonly string[];
}

/** The table of the Penn Treebank, in the manner of the paper's Table 1. */
export const paperTable = (times: Times): ((all: readonly LanguageModelRun[]) => string) =>
  tableOf({
    ...method,
    dropout: (run) => String(dropoutOf(run)),
    ...perplexity,
    ...units,
    'of both layers': ({ result }, all) => {
      const full = Math.max(...all.map((run) => unitsOf(run.result.pruned.sizes)));
      return `${((100 * unitsOf(result.pruned.sizes)) / full).toFixed(0)} %`;
    },
    ...cost,
    ...Object.fromEntries(
      times.head.map((head, k) => [
        head,
        ({ result }: LanguageModelRun) => times.of(result.pruned.sizes)[k]!,
      ]),
    ),
    ...epochs,
    'training, min': ({ result }) => (result.trainingSeconds / 60).toFixed(0),
    ...command,
  });

/** Units of all layers together. */
export const unitsOf = (sizes: readonly number[]): number => sizes.reduce((a, b) => a + b, 0);

/** The table of a Recurrent Highway Network's runs, in the manner of the paper's Table 2. */
export const highwayTable = tableOf({
  ...method,
  ...perplexity,
  width: ({ result }) => String(result.pruned.sizes[0]),
  ...cost,
  'best epoch': ({ result: { epoch, epochs } }) => `${epoch} of ${epochs}`,
  ...seconds,
  ...command,
});
