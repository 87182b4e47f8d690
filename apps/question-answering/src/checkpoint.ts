import type { Tensor } from '@tensorflow/tfjs-core';
import {
  allIndices,
  checkMonitor,
  checkOrigins,
  checkTensors,
  expectFact,
  firstMonitorState,
  layoutLeft,
  monitorSchema,
  originalIndicesSchema,
  prefixed,
  stateWith,
  type MonitorState,
  type OriginalIndices,
} from '@secateur/app';
import { layoutShapes, type Layout } from '@secateur/groups';
import {
  readOptimizerState,
  readVariables,
  type Checkpoint,
  type SavedTensors,
} from '@secateur/training';
import { z } from 'zod';
import type { Trainee } from './compaction.ts';

/** What a checkpoint keeps beside the tensors; all of it is needed to go on with the same bits. */
export interface Position {
  /** Epoch, counted from 0. */
  readonly epoch: number;
  /** The batch of the epoch to train on next. */
  readonly batch: number;
  /** Sum of the losses of this epoch's batches. */
  readonly epochLoss: number;
  /** Which components are left; empty until the first are removed. */
  readonly origins: OriginalIndices;
  /** Checksum of the teacher's weights, null without one. */
  readonly teacher: string | null;
  /** Checksum of all words, characters and given vectors. */
  readonly vocabulary: string;
  /** Checksum of all questions. Checkpoints of the first versions have none. */
  readonly questions?: string;
  /** What the optimizer remembers beside its tensors; null before the first step. */
  readonly optimizer: unknown;
  readonly session: MonitorState;
}

/** The position before the first step. */
export const startPosition: Position = {
  ...{ epoch: 0, batch: 0, epochLoss: 0, origins: {} },
  ...{ teacher: null, vocabulary: '', optimizer: null, session: firstMonitorState },
};

/** What is compared of an optimizer's state; the rest is for `writeOptimizerState` to check. */
const optimizerSchema = z.looseObject({
  iterations: z.int(),
  steps: z.array(z.int().nullable()),
  slots: z.record(z.string(), z.array(z.string())),
});

const positionSchema: z.ZodType<Position> = z.strictObject({
  epoch: z.int().nonnegative(),
  batch: z.int().nonnegative(),
  epochLoss: z.number().nonnegative(),
  origins: originalIndicesSchema.default({}),
  teacher: z.string().nullable().default(null),
  vocabulary: z.string(),
  questions: z.string().exactOptional(),
  optimizer: optimizerSchema,
  session: monitorSchema,
});

/** What a checkpoint is compared with. */
interface Place {
  /** The layout before anything is removed. */
  readonly full: Layout;
  /** Whether components are removed on the way. */
  readonly compacts: boolean;
  readonly epochs: number;
  /** Questions of an epoch. */
  readonly questions: number;
  /** Checksum of the teacher's weights, null without one. */
  readonly teacher: string | null;
  /** Checksum of all words, characters and given vectors. */
  readonly vocabulary: string;
  /** Checksum of all questions. */
  readonly sha256: string;
  /** Numbers of questions in the batches of an epoch. */
  batchSizes(epoch: number): readonly number[];
}

/**
 * The position of a checkpoint, each part of it compared with the others, the tensors, the settings and the data: a
 * checkpoint that was changed goes on from nowhere else without a word.
 *
 * @throws Error that names what does not fit.
 */
export function positionOf(checkpoint: Checkpoint, place: Place): Position {
  const { step } = checkpoint;
  const position = stateWith(positionSchema, checkpoint);
  const { epoch, batch, epochLoss } = position;
  if (position.teacher !== place.teacher) {
    throw new Error(
      `--teacher: expected the weights that the run had learnt from until step ${step}, of sha256 ${position.teacher}, found ${place.teacher}; put that model back, or begin the run anew.`,
    );
  }
  if (position.vocabulary !== place.vocabulary) {
    throw new Error(
      `--data, --glove, --vectors: expected the words and vectors that the run had learnt with until step ${step}, of sha256 ${position.vocabulary}, found ${place.vocabulary}; put those files back, or begin the run anew.`,
    );
  }
  if (position.questions !== undefined && position.questions !== place.sha256) {
    throw new Error(
      `--data: expected the questions that the run had learnt from until step ${step}, of sha256 ${position.questions}, found ${place.sha256}; put those files back, or begin the run anew.`,
    );
  }
  const sizes = place.batchSizes(epoch);
  expectFact(step, 'the step of its epoch and batch', step, epoch * sizes.length + batch);
  const inRange = epoch <= place.epochs && batch < sizes.length;
  expectFact(step, 'whether its epoch and batch are in the run', true, inRange);
  expectFact(step, 'whether epochLoss is of batches', batch > 0, epochLoss > 0);
  const now = sizes.slice(0, batch).reduce((sum, size) => sum + size, 0);
  checkMonitor(position.session, { step, units: epoch * place.questions + now });
  const { origins } = position;
  if (!place.compacts) expectFact(step, 'origins', {}, origins);
  // Of no dimension or of all.
  const isWhole = Object.keys(origins).length === 0;
  if (!isWhole) checkOrigins(step, origins, place.full, allIndices(place.full));
  const { iterations, steps, slots } = position.optimizer as z.infer<typeof optimizerSchema>;
  expectFact(step, 'optimizer.iterations', step, iterations);
  expectFact(step, 'optimizer.steps', [step], steps);
  // A slot is of a weight, and every weight has one of each kind.
  const weights = Object.keys(place.full.weights).sort();
  for (const [kind, names] of Object.entries(slots)) {
    const found = names.map((name) => name.slice(0, name.lastIndexOf('/'))).sort();
    expectFact(step, `optimizer.slots.${kind}`, weights, found);
  }
  const shapes = layoutShapes(layoutLeft(place.full, origins));
  checkTensors(
    checkpoint,
    { ...prefixed('weights', shapes), ...prefixed('average', shapes) },
    (name) => name.startsWith('optimizer/'),
  );
  return position;
}

/** The tensors of a checkpoint, `weights/...`, `average/...` and the optimizer's own, and what it remembers besides. */
export async function checkpointOf({
  variables,
  optimizer,
  average,
}: Trainee): Promise<{ readonly tensors: SavedTensors; readonly optimizer: unknown }> {
  const named = await readVariables({
    ...prefixed<Tensor>('weights', variables),
    ...prefixed('average', average.values()),
  });
  const { tensors, state } = await readOptimizerState(optimizer);
  return { tensors: { ...named, ...tensors }, optimizer: state };
}
