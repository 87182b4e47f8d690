import type { Experiment } from './experiment.ts';
import { highway, questions, treebank } from './others.ts';
import { larger, quick, tradeOff, variations } from './quick.ts';

const SEEDS = [1, 2, 3];
const BUDGETS = [0.7, 0.5, 0.35, 0.25];

/** All experiments, those on the Penn Treebank only where its folder is given. */
export const experiments = (data?: string): Experiment[] => [
  ...SEEDS.flatMap(quick),
  ...SEEDS.flatMap((seed) => BUDGETS.flatMap((budget) => tradeOff(budget, seed))),
  ...SEEDS.flatMap(variations),
  ...SEEDS.flatMap(larger),
  ...SEEDS.flatMap(highway),
  ...SEEDS.flatMap(questions),
  ...(data === undefined ? [] : SEEDS.flatMap((seed) => treebank(seed, data))),
];
