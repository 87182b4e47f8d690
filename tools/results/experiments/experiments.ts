import type { Experiment } from './experiment.ts';
import { highway, questions, treebank } from './others.ts';
import { largeTreebank, mediumTreebank, paperQuestions } from './paper.ts';
import { larger, quick, tradeOff, variations } from './quick.ts';

const SEEDS = [1, 2, 3];
const BUDGETS = [0.7, 0.5, 0.35, 0.25];

/** Folders of texts that others made. */
export interface Texts {
  /** The Penn Treebank. */
  readonly data?: string | undefined;
  /** SQuAD. */
  readonly squad?: string | undefined;
}

/** All experiments, those on the texts of others only where their folder is given. */
export const experiments = ({ data, squad }: Texts): Experiment[] => [
  ...SEEDS.flatMap(quick),
  ...SEEDS.flatMap((seed) => BUDGETS.flatMap((budget) => tradeOff(budget, seed))),
  ...SEEDS.flatMap(variations),
  ...SEEDS.flatMap(larger),
  ...SEEDS.flatMap(highway),
  ...SEEDS.flatMap(questions),
  ...(data === undefined
    ? []
    : // With seed 1 the large network's loss does not settle in its first 180 steps.
      [
        ...SEEDS.flatMap((seed) => treebank(seed, data)),
        ...mediumTreebank(data),
        ...largeTreebank(2, data),
      ]),
  ...(squad === undefined ? [] : paperQuestions(1, squad)),
];
