import {
  asOption,
  checkWith,
  count,
  machineSchemas,
  pruningSchemas,
  rate,
  teacherSchemas,
} from '@secateur/app/command';
import { recurrentDims, type Layout } from '@secateur/groups';
import { z } from 'zod';

const fraction = z.number().gt(0).max(1);

const common = z.strictObject({
  preset: z.string(),
  ...machineSchemas,
  ...teacherSchemas('of the same vocabulary'),
  ...pruningSchemas('word', 4),
  /** Folder of the text; null for the embedded State of the Union addresses. */
  data: asOption(
    z.string().nullable(),
    '<folder>',
    'folder with train.txt, valid.txt, test.txt (or ptb.*.txt); default: State of the Union addresses',
  ),
  /** Model folder that a run starts from: its weights, sizes and vocabulary; null to start from random weights. */
  from: asOption(
    z.string().nullable(),
    '<folder>',
    "model folder to train further, a run's dense or model; its sizes are taken over",
  ),
  fromYear: asOption(z.int(), '<year>', 'first year of the addresses'),
  /** Largest vocabulary, or null to keep every word. */
  maxVocab: asOption(
    z.int().min(2, 'expected 2 or more words, since <eos> and <unk> are two').nullable(),
    '<words>',
    'largest vocabulary; rarer words become <unk>',
  ),
  init: asOption(z.number().positive(), '<x>', 'weights start uniform in ±x'),
  epochs: asOption(count, '<n>', 'passes over the training text'),
  batch: asOption(count, '<n>', 'rows read side by side'),
  steps: asOption(count, '<n>', 'words of truncated backpropagation through time'),
  learningRate: asOption(z.number().positive(), '<x>', 'of plain SGD'),
  /** From this epoch on (counted from 1) the learning rate is multiplied by `decay` at every epoch's start. */
  decayFrom: asOption(count, '<epoch>', 'first epoch with a lower learning rate'),
  decay: asOption(fraction, '<factor>', 'factor of the learning rate'),
  /** Multiply by `decay` once in that many epochs rather than every epoch. */
  decayEvery: asOption(count, '<epochs>', 'epochs from one decay to the next'),
  clip: asOption(
    z.number().positive(),
    '<norm>',
    'clip of the gradients, the penalty among them, by their global norm',
  ),
  weightDecay: asOption(
    z.number().nonnegative(),
    '<x>',
    'L2: half of it times the sum of squared weights is added to the loss',
  ),
  penalty: asOption(
    z.enum(['subgradient', 'proximal']),
    '<kind>',
    'subgradient (the paper) or proximal',
  ),
  /** Whether the threshold is for all weights, biases too, or for penalized ones only. */
  thresholdScope: asOption(
    z.enum(['all', 'groups']),
    '<which>',
    'threshold all weights, or those of groups',
  ),
  /** Remove dead components from the running training after every so many epochs; 0 keeps all until the end. */
  compactEvery: asOption(
    z.int().nonnegative(),
    '<epochs>',
    'remove dead components while training; 0: only at the end',
  ),
  /** Which epoch's weights the run ends with: the last one's, or the best on validation of those with the full lambda. */
  select: asOption(
    z.enum(['last', 'best']),
    '<which>',
    "the last epoch's weights, or the best on validation",
  ),
});

const lstm = common.extend({
  cell: z.literal('lstm'),
  embed: asOption(count, '<units>', 'lstm: width of the embedding'),
  hidden: asOption(z.array(count).min(1), '<units,...>', 'lstm: units of each layer'),
  forgetBias: asOption(z.number(), '<x>', 'lstm: added to the forget gate'),
  /** Whether the width of the embedding can shrink too, or only the recurrent dimensions, as in the paper. */
  shrinkEmbed: asOption(
    z.boolean().default(false),
    '',
    'lstm: let the width of the embedding shrink too',
  ),
  /** On the embedding's output and every layer's output. */
  dropout: asOption(rate, '<rate>', 'lstm: rate of dropout'),
});

const rhn = common.extend({
  cell: z.literal('rhn'),
  width: asOption(count, '<units>', 'rhn: width of the embedding and of the state'),
  depth: asOption(count, '<n>', 'rhn: recurrence depth'),
  transformBias: asOption(z.number(), '<x>', 'rhn: added to the transform gates'),
  /** Variational dropout: one mask for a window. */
  wordDropout: asOption(rate, '<rate>', 'rhn: rate of dropout of whole words'),
  inputDropout: asOption(rate, '<rate>', 'rhn: rate of dropout of input features'),
  stateDropout: asOption(rate, '<rate>', 'rhn: rate of dropout of state entries'),
  outputDropout: asOption(rate, '<rate>', 'rhn: rate of dropout of output features'),
});

const cells = { lstm, rhn };

/** Everything that decides what a run computes; it is written to `config.json` and compared when a run is resumed. */
const settingsSchema = z.discriminatedUnion('cell', [lstm, rhn]);

/** See {@link settingsSchema}. */
export type Settings = z.infer<typeof settingsSchema>;

/** All settings by name, whatever the cell. */
export const settingSchemas: Readonly<Record<string, z.ZodType>> = { ...lstm.shape, ...rhn.shape };

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
