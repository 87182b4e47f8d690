import { checkWith } from '@secateur/app/command';
import { recurrentDims, type Layout } from '@secateur/groups';
import { z } from 'zod';

const count = z.int().positive();
const fraction = z.number().gt(0).max(1);
/** The share of values that dropout sets to 0. */
const rate = z.number().min(0).lt(1);

const common = z.strictObject({
  preset: z.string(),
  /** Folder of the text; null for the embedded State of the Union addresses. */
  data: z.string().nullable(),
  /** Model folder that a run starts from: its weights, sizes and vocabulary; null to start from random weights. */
  from: z.string().nullable(),
  /** Model folder of a trained network whose probabilities a share of the loss comes from; null for labels alone. */
  teacher: z.string().nullable(),
  /** In place of a folder, the preset of a teacher that is trained first, on the same text, in the folder `teacher` of the run. */
  teacherPreset: z.string().nullable().default(null),
  /** Whether the run starts from the weights of the teacher, whose sizes it then has, or from random ones. */
  fromTeacher: z.boolean().default(false),
  /** Part of the loss that comes from the teacher. */
  share: z
    .number()
    .refine(
      (value) => value >= 0 && value <= 1,
      'expected a share from 0 (labels alone) to 1 (the teacher alone)',
    ),
  /** What the logits of both networks are divided by before the softmax of the teacher's part. */
  temperature: z.number().positive('expected a temperature above 0; begin with 1'),
  fromYear: z.int(),
  /** Largest vocabulary, or null to keep every word. */
  maxVocab: z.int().min(2, 'expected 2 or more words, since <eos> and <unk> are two').nullable(),
  backend: z.string(),
  seed: z.int().nonnegative(),
  /** Weights start uniform in ±init. */
  init: z.number().positive(),
  epochs: count,
  batch: count,
  /** Words of truncated backpropagation through time. */
  steps: count,
  learningRate: z.number().positive(),
  /** From this epoch on (counted from 1) the learning rate is multiplied by `decay` at every epoch's start. */
  decayFrom: count,
  decay: fraction,
  /** Multiply by `decay` once in that many epochs rather than every epoch. */
  decayEvery: count,
  clip: z.number().positive(),
  /** L2: half of it times the sum of all squared weights is added to the loss. */
  weightDecay: z.number().nonnegative(),
  /** Strength of the ISS penalty; 0 trains the dense network. The loss is summed over a window's words. */
  lambda: z
    .number()
    .nonnegative('expected a lambda of 0 or more, because a negative one would grow the groups'),
  /**
   * What the network may cost for a word in the end, in place of a lambda: a share of its multiply-adds below 1, or a number of
   * them; null for a lambda.
   */
  targetMacs: z
    .number()
    .positive('expected a share of the multiply-adds or a number')
    .nullable()
    .default(null),
  /** The epochs, a fraction too, in which that is reached; the rest of the training has no penalty. */
  shrinkEpochs: z.number().positive().default(4),
  /** Over so many epochs at the start lambda grows in a line from 0; a small text needs the time to say what it needs. */
  rampEpochs: z.number().nonnegative(),
  penalty: z.enum(['subgradient', 'proximal']),
  threshold: z.number().nonnegative(),
  /** Whether the threshold is for all weights, biases too, or for penalised ones only. */
  thresholdScope: z.enum(['all', 'groups']),
  /** Remove dead components from the running training after every so many epochs; 0 keeps all until the end. */
  compactEvery: z.int().nonnegative(),
  /** With a target, remove what is gone after every so many steps; 0 leaves it to `compactEvery`. */
  compactSteps: z.int().nonnegative().default(50),
  /** Which epoch's weights the run ends with: the last one's, or the best on validation of those with the full lambda. */
  select: z.enum(['last', 'best']),
});

const lstm = common.extend({
  cell: z.literal('lstm'),
  embed: count,
  hidden: z.array(count).min(1),
  forgetBias: z.number(),
  /** Whether the width of the embedding can shrink too, or only the recurrent dimensions, as in the paper. */
  shrinkEmbed: z.boolean().default(false),
  /** Rate of dropout, on the embedding's output and every layer's output. */
  dropout: rate,
});

const rhn = common.extend({
  cell: z.literal('rhn'),
  /** Width of the embedding and of the state. */
  width: count,
  /** Recurrence depth. */
  depth: count,
  transformBias: z.number(),
  /** Rates of variational dropout: of words, input features, state entries and output features. */
  wordDropout: rate,
  inputDropout: rate,
  stateDropout: rate,
  outputDropout: rate,
});

const cells = { lstm, rhn };

/** Everything that decides what a run computes; it is written to `config.json` and compared when a run is resumed. */
const settingsSchema = z.discriminatedUnion('cell', [lstm, rhn]);

/** See {@link settingsSchema}. */
export type Settings = z.infer<typeof settingsSchema>;

/** Names of all settings, whatever the cell. */
export const settingNames: readonly string[] = [
  ...new Set(Object.values(cells).flatMap(({ shape }) => Object.keys(shape))),
];

/** Names of the settings that a model decides which a run starts from. */
export const sizeSettings: readonly string[] = [
  ...['embed', 'hidden', 'forgetBias'],
  ...['width', 'depth', 'transformBias'],
];

/** The settings that say sizes. */
export function sizesIn(settings: Settings): Partial<Settings> {
  return Object.fromEntries(
    Object.entries(settings).filter(([name]) => sizeSettings.includes(name)),
  ) as Partial<Settings>;
}

/** Names of the settings that a cell has. */
export function settingNamesOf(cell: Settings['cell']): readonly string[] {
  return Object.keys(cells[cell].shape);
}

/**
 * Checks settings and says in one message all that is wrong with them.
 *
 * @throws Error listing every setting that does not fit.
 */
export const checkSettings = (settings: unknown): Settings => checkWith(settingsSchema, settings);

/** The dimensions that a network can lose components of. */
export function prunedDims(settings: Settings, layout: Layout): string[] {
  const embed = settings.cell === 'lstm' && settings.shrinkEmbed ? ['embed'] : [];
  return [...embed, ...recurrentDims(layout)];
}
