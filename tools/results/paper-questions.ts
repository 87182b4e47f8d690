import { dense, published, sizesOf } from '../../apps/question-answering/src/network/published.ts';
import { markdown, share, thousands } from './kept.ts';
import {
  commandOfRun,
  lstmWeights,
  networkOf,
  pairsOf,
  type QuestionRun,
} from './question-answering.ts';

/** Units of a direction, and epochs that 10,000 steps of 60 questions are. */
const [UNITS, EPOCHS] = [100, 7];

/** BiDAF at the paper's sizes: the rows of its Tables 3 and 4, and ours. */
export function paperQuestionsTable(runs: readonly QuestionRun[]): string {
  const head =
    'network|EM|F1|modelling1|modelling2|output|weights of the LSTMs|epochs|training, hours|command';
  const full = lstmWeights(sizesOf(dense), UNITS);
  const row = (
    network: string,
    score: readonly number[],
    sizes: Readonly<Record<string, number>>,
    ...rest: readonly string[]
  ): string[] => {
    const weights = lstmWeights(sizes, UNITS);
    return [
      ...[network, ...score.map((value) => value.toFixed(2))],
      ...pairsOf(sizes),
      ...[`${thousands(weights)} (${share(weights, full)})`, ...rest],
    ];
  };
  const ways: Readonly<Record<string, string>> = { 3: 'ISS, fine-tuned', 4: 'ISS from scratch' };
  return markdown(head.split('|'), [
    ...[dense, ...published].map((each) =>
      row(
        `Wen et al. 2018, ${ways[each.table] ?? 'dense'}`,
        ...([each.score, sizesOf(each), String(EPOCHS), '', ''] as const),
      ),
    ),
    ...runs.map((run) => {
      const { pruned, epochs, trainingSeconds } = run.result;
      const { exactMatch, f1 } = pruned.test;
      const hours = (trainingSeconds / 3600).toFixed(1);
      return row(
        `ours, ${networkOf(run)}`,
        ...([[exactMatch, f1], pruned.sizes, String(epochs), hours] as const),
        `\`${commandOfRun(run)}\``,
      );
    }),
  ]);
}
