import { lm, qa, type Experiment } from './experiment.ts';

/** The preset of a program that trains a teacher first, with that teacher in a run of its own, and one seed. */
const taughtPreset =
  (program: typeof lm, preset: string, dense: string, name = preset) =>
  (seed: number): Experiment[] => {
    const teacher = `${name}-dense-s${seed}`;
    return [
      { name: teacher, commands: () => [program(`--preset ${dense} --seed ${seed}`)] },
      {
        ...{ name: `${name}-s${seed}`, after: [teacher] },
        commands: ({ at }) => [
          program(
            `--preset ${preset} --seed ${seed} --teacher ${at(teacher, 'dense')} --from-teacher`,
          ),
        ],
      },
    ];
  };

/** A Recurrent Highway Network on the embedded text. */
export const highway = taughtPreset(lm, 'rhn-quick-taught', 'rhn-quick-dense');

/** BiDAF on the embedded questions. */
export const questions = taughtPreset(qa, 'quick-taught', 'quick-dense', 'qa-quick-taught');

/** The small network on the Penn Treebank in the folder `data`, with dropout, and a student of half of its components. */
export function treebank(seed: number, data: string): Experiment[] {
  const teacher = `small-dense-s${seed}`;
  const common = `--preset small --data ${data} --seed ${seed} --epochs 9`;
  return [
    { name: teacher, commands: () => [lm(`${common} --dropout 0.25`)] },
    {
      ...{ name: `small-budget-s${seed}`, after: [teacher] },
      commands: ({ at }) => [
        lm(
          `${common} --dropout 0.1 --decay-from 6 --target-macs 0.45 --shrink-epochs 1 --teacher ${at(teacher, 'model')} --from-teacher`,
        ),
      ],
    },
  ];
}
