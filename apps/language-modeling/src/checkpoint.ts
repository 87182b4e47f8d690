import { tensor2d, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import {
  checkLayout,
  checkMonitor,
  checkTensors,
  expectFact,
  allIndices,
  firstMonitorState,
  layoutLeft,
  layoutSchema,
  originalIndicesSchema,
  monitorSchema,
  prefixed,
  stateWith,
  type OriginalIndices,
  type MonitorState,
} from '@secateur/app';
import { layoutShapes, layoutToJson, type Layout, type LayoutJson } from '@secateur/groups';
import type { BudgetState } from '@secateur/lasso';
import { readVariables, type Checkpoint, type SavedTensors } from '@secateur/training';
import { z } from 'zod';
import type { NamedStates } from '@secateur/cells';
import { firstCounted } from './penalty.ts';
import { prunedDims, type Settings } from './settings.ts';
import type { Teacher } from './teacher.ts';

/** Which epoch was best on the validation text, and what its network was. */
export interface Best {
  /** Epoch, counted from 0. */
  readonly epoch: number;
  /** Its validation perplexity. */
  readonly valid: number;
  readonly layout: LayoutJson;
  readonly origins: OriginalIndices;
}

/** What a checkpoint keeps beside the tensors; all of it is needed to go on with the same bits. */
export interface Position {
  /** Epoch, counted from 0. */
  readonly epoch: number;
  /** The window to read next. */
  readonly window: number;
  /** Sum of the losses a word of this epoch's windows. */
  readonly epochLoss: number;
  readonly layout: LayoutJson;
  readonly origins: OriginalIndices;
  /** The epoch with the best validation perplexity, whose weights are kept beside; null before the first. */
  readonly best: Best | null;
  /** How the budget stands; null without a target. */
  readonly budget: BudgetState | null;
  /** The digest of the teacher, whose model is no part of the run directory; null without one. */
  readonly teacher: string | null;
  /** The digest of the text, which is no part of the run directory. Checkpoints of the first versions have none. */
  readonly text?: string;
  readonly session: MonitorState;
}

const positionSchema: z.ZodType<Position> = z.strictObject({
  epoch: z.int().nonnegative(),
  window: z.int().nonnegative(),
  epochLoss: z.number().nonnegative(),
  layout: layoutSchema,
  origins: originalIndicesSchema,
  best: z
    .strictObject({
      epoch: z.int().nonnegative(),
      valid: z.number().positive(),
      layout: layoutSchema,
      origins: originalIndicesSchema,
    })
    .nullable(),
  budget: z
    .strictObject({ amounts: z.record(z.string(), z.array(z.number())).nullable() })
    .nullable(),
  teacher: z.string().nullable(),
  text: z.string().exactOptional(),
  session: monitorSchema,
});

/**
 * The position of a checkpoint, each part of it compared with the others, the tensors, the settings and the text: a
 * checkpoint that was changed goes on from nowhere else without a word.
 *
 * @throws Error that names what does not fit.
 */
export function positionOf(
  checkpoint: Checkpoint,
  {
    settings,
    full,
    windows,
    teacher,
    text,
  }: {
    readonly settings: Settings;
    readonly full: Layout;
    readonly windows: number;
    readonly teacher: Pick<Teacher, 'digest'> | null;
    /** The digest of the text. */
    readonly text: string;
  },
): Position {
  const { step } = checkpoint;
  const position = stateWith(positionSchema, checkpoint);
  const { epoch, window, best } = position;
  // Before what the length of the text decides.
  if (position.text !== undefined) {
    const name = `the SHA-256 of the words in --data ${settings.data ?? '(the embedded text)'}`;
    expectFact(step, name, position.text, text);
  }
  expectFact(step, 'the step of its epoch and window', step, epoch * windows + window);
  expectFact(
    step,
    'whether its epoch and window are in the run',
    true,
    epoch <= settings.epochs && window < windows,
  );
  // The teacher is read anew in each session; another one would make a run that nobody can repeat.
  const digest = `the SHA-256 of the model in --teacher ${settings.teacher ?? '(none)'}`;
  expectFact(step, digest, position.teacher, teacher?.digest ?? null);
  expectFact(step, 'whether epochLoss is of windows', window > 0, position.epochLoss > 0);
  checkMonitor(position.session, { step, units: step * settings.batch * settings.steps });
  const first = allIndices(full, prunedDims(settings, full));
  checkLayout(step, position, full, first);
  const hasTarget = settings.targetMacs !== null;
  expectFact(step, 'whether there is a budget', hasTarget, position.budget !== null);
  const byEpochs = settings.compactEvery > 0 && epoch >= settings.compactEvery;
  const bySteps = hasTarget && settings.compactSteps > 0 && step >= settings.compactSteps;
  if (!byEpochs && !bySteps) {
    expectFact(step, 'origins', first, position.origins);
  }
  const counted = settings.select === 'best' && epoch > firstCounted(settings);
  expectFact(step, 'whether there is a best epoch', counted, best !== null);
  if (best !== null) {
    const inRange = best.epoch < epoch && best.epoch >= firstCounted(settings);
    expectFact(step, 'whether best.epoch is one that counts', true, inRange);
    checkLayout(step, best, full, first);
    const kept = Object.entries(position.origins).every(([dim, left]) =>
      left.every((origin) => best.origins[dim]!.includes(origin)),
    );
    expectFact(step, 'whether best.origins hold those that are left', true, kept);
  }
  const isState = (name: string): boolean => name.startsWith('state/');
  checkTensors(
    checkpoint,
    prefixed('weights', layoutShapes(layoutLeft(full, position.origins))),
    isState,
  );
  return position;
}

/** The position before the first step. */
export function startPosition(
  layout: Layout,
  settings: Settings,
  teacher: Teacher | null,
  text: string,
): Position {
  return {
    epoch: 0,
    window: 0,
    epochLoss: 0,
    layout: layoutToJson(layout),
    origins: allIndices(layout, prunedDims(settings, layout)),
    best: null,
    budget: null,
    teacher: teacher?.digest ?? null,
    text,
    session: firstMonitorState,
  };
}

/** The tensors of a checkpoint: `weights/...` and the carried `state/...`. Plain SGD has no slots. */
export function checkpointTensors(
  variables: Readonly<Record<string, Variable>>,
  state: NamedStates,
): Promise<SavedTensors> {
  return readVariables({
    ...prefixed<Tensor>('weights', variables),
    ...prefixed<Tensor>('state', state),
  });
}

/**
 * The carried state of a checkpoint.
 *
 * @throws Error when it has not the names and shapes of `zero`, the state of its network.
 */
export function stateOf(checkpoint: Checkpoint, zero: NamedStates): NamedStates {
  const shapes = Object.entries(zero).map(([name, { shape }]) => [name, shape] as const);
  const isWeight = (name: string): boolean => name.startsWith('weights/');
  checkTensors(checkpoint, prefixed('state', Object.fromEntries(shapes)), isWeight);
  const saved = Object.entries(checkpoint.tensors).filter(([name]) => name.startsWith('state/'));
  return Object.fromEntries(
    saved.map(([name, { shape, data }]) => [
      name.slice('state/'.length),
      tensor2d(data, [shape[0]!, shape[1]!]),
    ]),
  );
}
