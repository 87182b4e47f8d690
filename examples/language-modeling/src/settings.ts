import { z } from 'zod';

const count = z.int().positive();
const fraction = z.number().gt(0).max(1);

/** Everything that decides what a run computes; it is written to `config.json` and compared when a run is resumed. */
export const settingsSchema = z.strictObject({
  preset: z.string(),
  /** Folder of the text; null for the embedded State of the Union addresses. */
  data: z.string().nullable(),
  fromYear: z.int(),
  /** Largest vocabulary, or null to keep every word. */
  maxVocab: count.nullable(),
  backend: z.string(),
  seed: z.int().nonnegative(),
  embed: count,
  hidden: z.array(count).min(1),
  /** Weights start uniform in ±init. */
  init: z.number().positive(),
  forgetBias: z.number(),
  epochs: count,
  batch: count,
  /** Words of truncated backpropagation through time. */
  steps: count,
  /** Keep probability of dropout, on the embedding's output and every layer's output. */
  keep: fraction,
  learningRate: z.number().positive(),
  /** From this epoch on (counted from 1) the learning rate is multiplied by `decay` at every epoch's start. */
  decayFrom: count,
  decay: fraction,
  /** Multiply by `decay` once in that many epochs rather than every epoch. */
  decayEvery: count,
  clip: z.number().positive(),
  /** Strength of the ISS penalty; 0 trains the dense network. The loss is summed over a window's words. */
  lambda: z
    .number()
    .nonnegative('expected a lambda of 0 or more, because a negative one would grow the groups'),
  /** Over so many epochs at the start lambda grows in a line from 0; a small text needs the time to say what it needs. */
  rampEpochs: z.number().nonnegative(),
  penalty: z.enum(['subgradient', 'proximal']),
  threshold: z.number().nonnegative(),
  /** Remove dead components from the running training after every so many epochs; 0 keeps all until the end. */
  compactEvery: z.int().nonnegative(),
});

/** See {@link settingsSchema}. */
export type Settings = z.infer<typeof settingsSchema>;

/**
 * Checks settings and says in one message all that is wrong with them.
 *
 * @throws Error listing every setting that does not fit.
 */
export function checkSettings(settings: unknown): Settings {
  const result = settingsSchema.safeParse(settings);
  if (result.success) return result.data;
  const lines = result.error.issues.map(
    ({ path, message }) => `  ${path.join('.') || 'settings'}: ${message}`,
  );
  throw new Error(`settings: ${lines.length} do not fit:\n${lines.join('\n')}`);
}

/** Learning rate of an epoch, counted from 0. */
export function learningRateAt(settings: Settings, epoch: number): number {
  const decays = Math.floor(
    Math.max(epoch + 1 - settings.decayFrom + settings.decayEvery, 0) / settings.decayEvery,
  );
  return settings.learningRate * settings.decay ** decays;
}

/** Lambda after `epochsDone` epochs, a fraction within an epoch. */
export function lambdaAt(settings: Settings, epochsDone: number): number {
  const { lambda, rampEpochs } = settings;
  return rampEpochs > 0 ? lambda * Math.min(1, epochsDone / rampEpochs) : lambda;
}
