import { lm, type Experiment, type Folder } from './experiment.ts';

/** Epochs of the student of the preset `quick`, and those of its teacher before it. */
const [EPOCHS, TEACHING] = [11, 9];

/** Comes down to the budget more slowly than the preset does. */
const SLOWLY = '--shrink-epochs 4';

/** The teacher of a seed. */
const dense = (seed: number): string => `quick-dense-s${seed}`;

/** What a student of the preset `quick` is told that has that teacher, which has been trained already. */
const taught = (seed: number, { at }: Folder): string =>
  `--preset quick --seed ${seed} --teacher ${at(dense(seed), 'model')}`;

/** A dense network of the preset `quick-dense` with other epochs, the last four of which have a falling learning rate. */
const denseFor = (epochs: number, seed: number): string =>
  `--preset quick-dense --seed ${seed} --epochs ${epochs} --decay-from ${epochs - 3}`;

/** The preset `quick` on the embedded text, and dense networks beside it, with one seed. */
export function quick(seed: number): Experiment[] {
  const budgetRun = `quick-s${seed}`;
  const after = [dense(seed)];
  return [
    { name: dense(seed), commands: () => [lm(denseFor(TEACHING, seed))] },
    {
      ...{ name: budgetRun, after },
      commands: (folder) => [lm(`${taught(seed, folder)} --from-teacher`)],
    },
    ...[EPOCHS, TEACHING + EPOCHS].map((epochs) => ({
      ...{ name: `quick-dense-${epochs}-s${seed}`, commands: () => [lm(denseFor(epochs, seed))] },
    })),
    slow(0.4, seed),
    ...direct(seed, { name: 'quick-direct', found: budgetRun }),
  ];
}

/**
 * Dense networks of the sizes that a run found, from random weights: one with the same teacher and as many epochs, one with the
 * labels alone and the epochs of teacher and student together.
 */
function direct(
  seed: number,
  { name, found: budgetRun }: { readonly name: string; readonly found: string },
): Experiment[] {
  const sized = (folder: Folder): string => `--hidden ${folder.sizesOf(budgetRun)} --lambda 0`;
  return [
    {
      ...{ name: `${name}-taught-s${seed}`, after: [dense(seed), budgetRun] },
      commands: (folder) => [lm(`${taught(seed, folder)} --no-from-teacher ${sized(folder)}`)],
    },
    {
      ...{ name: `${name}-s${seed}`, after: [budgetRun] },
      commands: (folder) => [
        lm(
          `${denseFor(TEACHING + EPOCHS, seed)} --dropout 0.1 --hidden ${folder.sizesOf(budgetRun)}`,
        ),
      ],
    },
  ];
}

/**
 * What of the student's loss comes from the teacher, and how flat its probabilities are, in place of a half and 1; and the preset again,
 * as rounding differs between versions and machines.
 */
export const variations = (seed: number): Experiment[] =>
  ['share 0.3', 'share 0.5', 'share 0.7', 'temperature 2'].map((changed) => ({
    ...{ name: `tried-${changed.replace(' ', '-')}-s${seed}`, after: [dense(seed)] },
    commands: (folder) => [lm(`${taught(seed, folder)} --from-teacher --${changed}`)],
  }));

/** A budget that is reached in four epochs in place of the one of the preset. */
const slow = (budget: number, seed: number): Experiment => ({
  ...{ name: `budget-${budget}-slow-s${seed}`, after: [dense(seed)] },
  commands: (folder) => [
    lm(`${taught(seed, folder)} --from-teacher --target-macs ${budget} ${SLOWLY}`),
  ],
});

/**
 * The preset `quick` with a teacher of 250 units in each layer: from the weights of its usual teacher, and from the weights of the larger
 * one down to the same multiply-adds.
 */
export function larger(seed: number): Experiment[] {
  const teacher = `tried-larger-dense-s${seed}`;
  const learning = ({ at }: Folder): string =>
    `--preset quick --seed ${seed} --teacher ${at(teacher, 'model')}`;
  return [
    {
      name: teacher,
      commands: () => [lm(`${denseFor(12, seed)} --hidden 250,250 --dropout 0.4`)],
    },
    {
      ...{ name: `tried-larger-taught-s${seed}`, after: [dense(seed), teacher] },
      commands: (folder) => [
        lm(`${learning(folder)} --no-from-teacher --from ${folder.at(dense(seed), 'model')}`),
      ],
    },
    {
      ...{ name: `tried-larger-start-s${seed}`, after: [teacher] },
      // 0.188 of its multiply-adds are 0.4 of those of 150 units.
      commands: (folder) => [lm(`${learning(folder)} --from-teacher --target-macs 0.188`)],
    },
  ];
}

/** One budget for the network of the preset `quick`, met in different ways, with one seed. */
export function tradeOff(budget: number, seed: number): Experiment[] {
  const start = `budget-${budget}`;
  const budgetRun = `${start}-s${seed}`;
  const target = `--target-macs ${budget}`;
  const small = `${start}-magnitude-s${seed}-pruned`;
  return [
    {
      ...{ name: budgetRun, after: [dense(seed)] },
      commands: (folder) => [lm(`${taught(seed, folder)} --from-teacher ${target}`)],
    },
    slow(budget, seed),
    {
      name: `${start}-alone-s${seed}`,
      commands: () => [
        lm(`--preset quick --seed ${seed} --teacher-preset none ${target} ${SLOWLY}`),
      ],
    },
    ...direct(seed, { name: `${start}-direct`, found: budgetRun }),
    {
      ...{ name: `${start}-magnitude-s${seed}`, after: [dense(seed)] },
      commands: (folder) => [
        {
          ...{ program: 'lm', makes: small },
          args: [
            ...['prune', '--model', folder.at(dense(seed), 'model'), '--out', folder.at(small)],
            ...target.split(' '),
          ],
        },
        lm(`${taught(seed, folder)} --from ${folder.at(small)} --lambda 0`),
      ],
    },
  ];
}
