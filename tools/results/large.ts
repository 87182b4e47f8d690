import { presets } from '../../apps/language-modeling/src/presets.ts';
import { lstms, macsOf } from '../bench/inference/stacked.ts';
import { commandOf } from './command.ts';
import { markdown, thousands } from './kept.ts';
import { methodOf, type LanguageModelRun } from './language-models.ts';

/** A network on the Penn Treebank as somebody has published it, with perplexities on validation and test. */
interface Published {
  readonly network: string;
  readonly units: readonly [number, number];
  readonly perplexity: readonly [number, number];
}

/** Large networks on the Penn Treebank that others have published. */
export const publishedLarge = [
  { network: 'Zaremba et al. 2014, dense', units: [1500, 1500], perplexity: [82.2, 78.4] },
  { network: 'Wen et al. 2018, dense', units: [1500, 1500], perplexity: [82.57, 78.57] },
  { network: 'Wen et al. 2018, ISS', units: [381, 535], perplexity: [80.24, 76.03] },
  { network: 'Wen et al. 2018, ISS', units: [373, 315], perplexity: [82.59, 78.65] },
  { network: 'Wen et al. 2018, direct design', units: [373, 315], perplexity: [90.31, 85.66] },
] as const satisfies readonly Published[];

/** Epochs of all published ones. */
const EPOCHS = 55;

/** The inputs of the first layer, which keep their number. */
const EMBED = 1500;

/** The large networks: those of the paper's Table 1, which took 55 epochs each, and ours. */
export function largeTable(runs: readonly LanguageModelRun[]): string {
  const dense = macsOfLarge({ units: [1500, 1500] });
  const cost = (macs: number): string =>
    `${thousands(macs)} (${((100 * macs) / dense).toFixed(1)} %)`;
  return markdown(
    'network|units|multiply-adds a word|perplexity, validation|test|epochs|training, hours|command'.split(
      '|',
    ),
    [
      ...publishedLarge.map(({ network, units, perplexity }) => [
        ...[network, units.join(', '), cost(macsOfLarge({ units }))],
        ...perplexity.map((value) => value.toFixed(2)),
        ...[String(EPOCHS), '', ''],
      ]),
      ...runs.map((run) => {
        const { pruned, config, epochs, seed, trainingSeconds } = run.result;
        const command = commandOf('lm', config, presets, { quiet: ['data', 'maxVocab'] });
        return [
          `ours, ${methodOf(run, runs)}, seed ${seed}`,
          ...[pruned.sizes.join(', '), cost(pruned.macsPerWord)],
          ...[pruned.perplexity.valid, pruned.perplexity.test].map((value) => value.toFixed(2)),
          ...[String(epochs), (trainingSeconds / 3600).toFixed(1), `\`${command}\``],
        ];
      }),
    ],
  );
}

/** Multiply-adds a word of a large network with so many units in its layers. */
export const macsOfLarge = ({ units }: Pick<Published, 'units'>): number =>
  macsOf(lstms(EMBED, units));
