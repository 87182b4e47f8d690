import { lm, qa, type Experiment, type Folder } from './experiment.ts';

/** The preset `quick` of a program and the teacher that it would train by itself, here in a run of its own, with one seed. */
const taughtPreset =
  (program: typeof lm, preset: string, name = preset) =>
  (seed: number): Experiment[] => {
    const teacher = `${name}-dense-s${seed}`;
    return [
      { name: teacher, commands: () => [program(`--preset ${preset}-dense --seed ${seed}`)] },
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

const taughtHighway = taughtPreset(lm, 'rhn-quick');

/** A Recurrent Highway Network on the embedded text, and others beside it: what else the same effort makes, and the same size. */
export function highway(seed: number): Experiment[] {
  const [teacher, student] = taughtHighway(seed) as [Experiment, Experiment];
  const epochs = 16;
  const taught = ({ at }: Folder): string =>
    `--preset rhn-quick --seed ${seed} --teacher ${at(teacher.name, 'dense')}`;
  return [
    teacher,
    student,
    {
      ...{ name: `rhn-quick-fast-s${seed}`, after: [teacher.name] },
      commands: (folder) => [lm(`${taught(folder)} --from-teacher --shrink-epochs 1`)],
    },
    {
      ...{ name: `rhn-quick-direct-taught-s${seed}`, after: [teacher.name, student.name] },
      commands: (folder) => [
        lm(
          `${taught(folder)} --no-from-teacher --lambda 0 --width ${folder.sizesOf(student.name)}`,
        ),
      ],
    },
    {
      name: `rhn-quick-dense-${epochs}-s${seed}`,
      commands: () => [
        lm(`--preset rhn-quick-dense --seed ${seed} --epochs ${epochs} --decay-from ${epochs - 2}`),
      ],
    },
  ];
}

/** BiDAF on the embedded questions. */
export const questions = taughtPreset(qa, 'quick', 'qa-quick');

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
