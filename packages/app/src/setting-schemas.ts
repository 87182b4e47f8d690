import { z } from 'zod';
import { asOption } from './setting-options.ts';

// Settings that the applications share. Each says what it may be, its option on the command line and its help, once for all.

/** A whole number of 1 or more. */
export const count = z.int().positive();

/** The share of values that dropout sets to 0. */
export const rate = z.number().min(0).lt(1);

/** Settings of where and from which seed a run computes. */
export const machineSchemas = {
  backend: asOption(
    z.string(),
    '<name>',
    'auto, webgpu, node-gpu, node, wasm or cpu; default: wasm',
  ),
  seed: asOption(z.int().nonnegative(), '<n>', 'seed of everything random'),
};

/** Settings of a trained network to learn from; `same` is what it must share with the one that learns. */
export const teacherSchemas = (same: string) => ({
  /** Null for labels alone. */
  teacher: asOption(
    z.string().nullable().default(null),
    '<folder>',
    `model folder of a trained network to learn from, a run's dense or model; ${same}`,
  ),
  /** In place of a folder: trained on the same data, in the folder `teacher` of the run. */
  teacherPreset: asOption(
    z.string().nullable().default(null),
    '<name>',
    'preset of a network to train first and to learn from; none: no teacher',
  ),
  fromTeacher: asOption(
    z.boolean().default(false),
    '',
    "start from the teacher's weights; its sizes are taken over",
    'start from random weights',
  ),
  share: asOption(
    z
      .number()
      .refine(
        (value) => value >= 0 && value <= 1,
        'expected a share from 0 (labels alone) to 1 (the teacher alone)',
      )
      .default(0.5),
    '<x>',
    'part of the loss that comes from the teacher, 0 to 1',
  ),
  temperature: asOption(
    z.number().positive('expected a temperature above 0; begin with 1').default(1),
    '<x>',
    "divides the logits of both networks in the teacher's part of the loss",
  ),
});

/** Settings of what makes components die: a lambda, or what the network may cost for a `unit`, a word for instance. */
export const pruningSchemas = (unit: string, shrinkEpochs: number) => ({
  /** Null for a lambda. */
  targetMacs: asOption(
    z
      .number()
      .positive('expected a share of the multiply-adds or a number')
      .nullable()
      .default(null),
    '<x>',
    `what the network may cost for a ${unit} in the end, in place of a lambda: a share of its multiply-adds, or a number`,
  ),
  /** The rest of the training has no penalty. */
  shrinkEpochs: asOption(
    z.number().positive().default(shrinkEpochs),
    '<n>',
    'epochs in which the target is reached',
  ),
  /** With a target, remove what is gone from the running training after every so many steps; 0: not by steps. */
  compactSteps: asOption(
    z.int().nonnegative().default(50),
    '<n>',
    'with a target, steps from one removal to the next',
  ),
  lambda: asOption(
    z
      .number()
      .nonnegative('expected a lambda of 0 or more, because a negative one would grow the groups'),
    '<x>',
    'strength of the ISS penalty; 0 trains the dense network',
  ),
  /** A small text needs the time to say what it needs. */
  rampEpochs: asOption(z.number().nonnegative(), '<n>', 'epochs over which lambda grows from 0'),
  threshold: asOption(
    z.number().nonnegative(),
    '<x>',
    'weights smaller than this become zero after each step',
  ),
});

/** What presets begin with: the data and weights of nobody else, no teacher and no penalty. */
export const usualSettings = {
  data: null,
  from: null,
  teacher: null,
  teacherPreset: null,
  fromTeacher: false,
  share: 0.5,
  temperature: 1,
  // The same bits on every machine, and its figures are those of the documentation.
  backend: 'wasm',
  seed: 1,
  targetMacs: null,
  compactSteps: 50,
  lambda: 0,
  rampEpochs: 0,
  penalty: 'subgradient',
} as const;
