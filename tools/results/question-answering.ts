import { layoutShapes } from '@secateur/groups';
import { bidafLayout } from '../../apps/question-answering/src/network/layout.ts';
import { presets } from '../../apps/question-answering/src/presets.ts';
import type { Result } from '../../apps/question-answering/src/result.ts';
import type { Settings } from '../../apps/question-answering/src/settings.ts';
import { commandOf } from './command.ts';
import { bySeeds, markdown, mean, spread, thousands, type Kept } from './kept.ts';

/** A kept run of question answering. */
export type QuestionRun = Kept<Result & { readonly config: Settings }>;

const methods = [
  'dense',
  'ISS from scratch',
  'ISS, fine-tuned',
  'budget',
  'budget, from trained weights',
] as const;

function methodOf({ result: { lambda, config } }: QuestionRun): (typeof methods)[number] {
  // Runs that are older than the setting lack it.
  if (config.targetMacs) return config.fromTeacher ? 'budget, from trained weights' : 'budget';
  if (config.from !== null) return 'ISS, fine-tuned';
  return lambda > 0 ? 'ISS from scratch' : 'dense';
}

/** Dense, then from scratch, then fine-tuned, each by penalty and lambda. */
export function byMethod(runs: readonly QuestionRun[]): QuestionRun[] {
  return [...runs].sort(
    (a, b) =>
      methods.indexOf(methodOf(a)) - methods.indexOf(methodOf(b)) ||
      b.result.config.penalty.localeCompare(a.result.config.penalty) ||
      a.result.lambda - b.result.lambda,
  );
}

/** What drove its components to zero; nothing of a dense network. */
function causeOf({ result: { lambda, config } }: QuestionRun): string {
  if (config.targetMacs)
    return `${config.targetMacs}${(config.teacher ?? config.teacherPreset) ? ', taught' : ''}`;
  return lambda === 0 ? '' : `${config.penalty}, ${lambda}`;
}

/** The table of BiDAF's runs, in the manner of the paper's Tables 3 and 4. */
export function questionTable(runs: readonly QuestionRun[]): string {
  const head =
    'method|penalty and λ, or budget|EM, F1 before|EM, F1 after|modelling1|modelling2|output|weights of the LSTMs|all weights|ms a question|largest difference|epochs|training, min|command';
  return markdown(
    head.split('|'),
    runs.map((run) => {
      const { dense, pruned, config, epochs, trainingSeconds, maxAbsDiff } = run.result;
      const scores = ({ test }: Result['dense']) =>
        `${test.exactMatch.toFixed(2)}, ${test.f1.toFixed(2)}`;
      return [
        methodOf(run),
        causeOf(run),
        ...[scores(dense), scores(pruned)],
        ...pairsOf(pruned.sizes),
        thousands(lstmWeights(pruned.sizes, config.units)),
        thousands(pruned.parameters),
        causeOf(run) === ''
          ? dense.msPerQuestion.toFixed(1)
          : `${dense.msPerQuestion.toFixed(1)} to ${pruned.msPerQuestion.toFixed(1)}`,
        maxAbsDiff.toExponential(1),
        String(epochs),
        (trainingSeconds / 60).toFixed(0),
        `\`${commandOfRun(run)}\``,
      ];
    }),
  );
}

/** Units of `modelling1`, `modelling2` and `output`, forward and backward. */
export const pairsOf = (sizes: Readonly<Record<string, number>>): string[] =>
  ['modelling1', 'modelling2', 'output'].map((name) =>
    ['fw', 'bw'].map((way) => sizes[`${name}/${way}`]).join(', '),
  );

/** How a network was trained, with what drove its components to zero. */
export const networkOf = (run: QuestionRun): string =>
  [methodOf(run), causeOf(run)].filter((part) => part !== '').join(', ');

/** What the seeds of each kind of run give together: means with their spread. */
export function questionSeedsTable(runs: readonly QuestionRun[]): string {
  const head =
    'network|seeds|EM, validation|EM, test|F1, test|weights of the LSTMs|all weights|epochs';
  return markdown(
    head.split('|'),
    bySeeds(runs).map((seeds) => {
      const of = (value: (result: QuestionRun['result']) => number): number[] =>
        seeds.map(({ result }) => value(result));
      const weights = of(({ pruned, config }) => lstmWeights(pruned.sizes, config.units));
      return [
        networkOf(seeds[0]!),
        String(seeds.length),
        spread(of(({ pruned }) => pruned.valid.exactMatch)),
        spread(of(({ pruned }) => pruned.test.exactMatch)),
        spread(of(({ pruned }) => pruned.test.f1)),
        thousands(Math.round(mean(weights))),
        thousands(Math.round(mean(of(({ pruned }) => pruned.parameters)))),
        String(seeds[0]!.result.epochs),
      ];
    }),
  );
}

/** Weights of the six LSTMs that are pruned. */
export function lstmWeights(sizes: Readonly<Record<string, number>>, units: number): number {
  // What these LSTMs read does not depend on the vocabularies.
  const shapes = layoutShapes(bidafLayout({ words: 1, chars: 1, units, sizes }));
  return Object.entries(shapes)
    .filter(([name]) => /^(modelling|output)/.test(name))
    .reduce((total, [, shape]) => total + shape.reduce((size, length) => size * length, 1), 0);
}

/** The command of a run, with what a preset does not say. */
export const commandOfRun = ({ result: { config } }: QuestionRun): string =>
  commandOf('qa', config, presets, { quiet: ['data', 'glove'] });
