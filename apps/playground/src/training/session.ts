import {
  dispose,
  mean,
  squaredDifference,
  tensor,
  tidy,
  train,
  type Scalar,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core';
import {
  glorotWeights,
  softmaxCrossEntropy,
  weightTensors,
  weightVariables,
} from '@secateur/cells';
import {
  countMacs,
  countParameters,
  issGroups,
  layoutFromJson,
  layoutToJson,
  type Layout,
  type Weights,
} from '@secateur/groups';
import { groupLasso, type GroupLassoOptimizer, type GroupLassoOptions } from '@secateur/lasso';
import { expand, maxAbsDifference, report, type PruneReport } from '@secateur/pruner';
import { compact, fetchVariables, type Compacted, type Training } from '@secateur/pruner/tfjs';
import type { Settings } from '../settings.ts';
import type { Batch, Task } from '../tasks/task.ts';
import { linksOf } from './links.ts';
import type { Cost, Progress } from './messages.ts';
import { networkFor, type Sized } from './network.ts';
import { compactEvery, denseUntil, learningRate, metBy, slimmingRate } from './schedule.ts';

/** What is penalized, and how strongly. */
function penaltyOf({ keep, lambda, steps }: Settings, layout: Layout): GroupLassoOptions {
  const from = Math.round(denseUntil * steps);
  if (keep === 100) return { lambda: 0 };
  if (keep !== null) {
    return { budget: { layout, macs: keep / 100, from, by: Math.round(metBy * steps) } };
  }
  // Above what a step of Adam can give an entry: what is zero stays so.
  const strength = (step: number): number => (step < from ? 0 : lambda);
  return {
    ...{ lambda: strength, penalty: 'proximal' },
    ...{ threshold: 2 * slimmingRate, thresholdScope: 'groups' },
  };
}

/** A training: what it trains, and how it stands. */
export interface Session {
  readonly settings: Settings;
  readonly task: Task;
  readonly sized: Sized;
  /** Layout of the whole network. */
  readonly whole: Layout;
  training: Trained & Partial<Compacted>;
  /** The same network without a penalty, trained on the same batches, to compare with. */
  readonly dense: Trained;
  step: number;
  /** Losses since the last report. */
  losses: number[];
  /** Milliseconds of steps: of this network since its sizes last changed, and of the dense one. */
  times: { now: number[]; readonly dense: number[] };
  difference: number;
}

type Trained = Training & { readonly optimizer: GroupLassoOptimizer };

/** A training before its first step; the backend must have been started. */
export function startSession(settings: Settings, task: Task): Session {
  const sized = networkFor(settings, task);
  const layout = sized.net.layout(sized.dims);
  const weights = sized.net.init(sized.dims, glorotWeights({ seed: settings.seed }));
  const trained = (prefix: string, penalty: ReturnType<typeof penaltyOf>): Trained => {
    const variables = weightVariables(weights, { prefix });
    const groups = issGroups(renamed(layout, (name) => `${prefix}${name}`));
    return {
      variables,
      layout,
      optimizer: groupLasso(train.adam(learningRate), groups, { ...penalty, clipNorm: 1 }),
    };
  };
  return {
    ...{ settings, task, sized, whole: layout },
    // The names of the weights alone are those that a tf.LayersModel gives to its variables.
    training: trained('slim/', penaltyOf(settings, layout)),
    dense: trained('dense/', { lambda: 0 }),
    ...{ step: 0, losses: [], times: { now: [], dense: [] }, difference: 0 },
  };
}

/** A layout under other names of its weights. */
function renamed(layout: Layout, rename: (name: string) => string): Layout {
  const { weights, ...rest } = layoutToJson(layout);
  const entries = Object.entries(weights).map(([name, text]) => [rename(name), text] as const);
  return layoutFromJson({ ...rest, weights: Object.fromEntries(entries) });
}

/** The input of a batch as a tensor. */
export function inputOf({ symbols, width = 1, steps }: Task, x: Batch['x']): Tensor {
  const rows = x.length / steps / (symbols === undefined ? width : 1);
  return symbols === undefined
    ? tensor(x, [rows, steps, width], 'float32')
    : tensor(x, [rows, steps], 'int32');
}

/** Mean loss of a batch: cross-entropy in nats where there are classes, else the squared error. */
function lossOf(
  { net }: Sized,
  task: Task,
  weights: Readonly<Record<string, Tensor>>,
  batch: Batch,
): Scalar {
  return tidy(() => {
    const { outputs } = net.apply(weights, inputOf(task, batch.x));
    if (task.classes === undefined) {
      return mean(squaredDifference(outputs, tensor(batch.y, outputs.shape)));
    }
    return mean(softmaxCrossEntropy(outputs, tensor(batch.y, outputs.shape.slice(0, 2), 'int32')));
  });
}

/** One step of training of both networks, and what follows from it: dead components leave. */
export async function trainStep(session: Session): Promise<void> {
  const { settings, times } = session;
  const batch = session.task.batch(session.step);
  if (session.step === Math.round(denseUntil * settings.steps)) {
    session.training.optimizer.setLearningRate(slimmingRate);
    session.dense.optimizer.setLearningRate(slimmingRate);
  }
  const value = await minimize(session, session.training, batch, times.now);
  await minimize(session, session.dense, batch, times.dense);
  if (!Number.isFinite(value)) {
    throw new RangeError(
      `The training: expected a finite loss, found ${value} at step ${session.step}; take a smaller lambda or another seed.`,
    );
  }
  session.losses.push(value);
  session.step++;
  const dense = Math.round(denseUntil * settings.steps);
  if (session.step > dense && session.step % compactEvery === 0) await removeDead(session);
}

async function minimize(
  { sized, task }: Session,
  { variables, optimizer }: Trained,
  batch: Batch,
  times: number[],
): Promise<number> {
  const start = performance.now();
  const loss = optimizer.minimize(
    () => lossOf(sized, task, variables, batch),
    true,
    Object.values(variables) as Variable[],
  )!;
  const [value] = await loss.data();
  times.push(performance.now() - start);
  loss.dispose();
  return value!;
}

async function removeDead(session: Session): Promise<void> {
  const weights = await fetchVariables(session.training.variables);
  const next = await compact(session.training);
  session.training = next;
  if (Object.values(next.removed).every((list) => list.length === 0)) return;
  session.times.now = [];
  const smaller = await fetchVariables(next.variables);
  session.difference = Math.max(session.difference, await apart(session, weights, smaller));
}

/** Outputs for the validation batch. */
export async function outputsOf(session: Session, weights: Weights): Promise<Float32Array> {
  const { task, sized } = session;
  const tensors = weightTensors(weights);
  const outputs = tidy(() => sized.net.apply(tensors, inputOf(task, task.validation.x)).outputs);
  const values = Float32Array.from(await outputs.data());
  dispose([outputs, ...Object.values(tensors)]);
  return values;
}

const apart = async (session: Session, one: Weights, other: Weights): Promise<number> =>
  maxAbsDifference(await outputsOf(session, one), await outputsOf(session, other));

/** Loss on the validation batch. */
async function validationLoss(
  { sized, task }: Session,
  variables: Readonly<Record<string, Variable | Tensor>>,
): Promise<number> {
  const loss = lossOf(sized, task, variables, task.validation);
  const [value] = await loss.data();
  loss.dispose();
  return value!;
}

/** How the training stands; losses begin anew. */
export async function progressOf(session: Session): Promise<Progress> {
  const { training, whole, settings } = session;
  const { layout, originalIndices = {}, variables } = training;
  const hidden = hiddenOf(settings);
  const norms = await training.optimizer.norms();
  const spread = hidden.map((dim) => {
    const all = new Float32Array(whole.dims[dim]!);
    (originalIndices[dim] ?? [...all.keys()]).forEach((index, i) => {
      all[index] = norms[dim]?.[i] ?? 0;
    });
    return all;
  });
  const { losses } = session;
  const loss = losses.length === 0 ? null : losses.reduce((a, b) => a + b) / losses.length;
  session.losses = [];
  const weights = await fetchVariables(variables);
  return {
    ...{ step: session.step, loss, validation: await validationLoss(session, variables) },
    denseValidation: await validationLoss(session, session.dense.variables),
    norms: spread,
    links: linksOf(weights, layout, whole, originalIndices, hidden),
    now: costOf(layout, hidden, median(session.times.now)),
    whole: costOf(whole, hidden, median(session.times.dense)),
    difference: session.difference,
  };
}

/** What came of a training at its end: the whole network, with zeros for what is gone, computes what the small one does. */
export async function finish(session: Session): Promise<PruneReport> {
  await removeDead(session);
  const { variables, layout, originalIndices = {} } = session.training;
  const small = await fetchVariables(variables);
  const whole = expand(small, session.whole, originalIndices);
  session.difference = Math.max(session.difference, await apart(session, whole, small));
  return report(session.whole, layout);
}

const hiddenOf = ({ layers }: Settings): string[] =>
  Array.from({ length: layers }, (_, i) => `h${i + 1}`);

function costOf(layout: Layout, hidden: readonly string[], milliseconds: number | null): Cost {
  const parameters = countParameters(layout);
  return {
    sizes: Object.fromEntries(hidden.map((dim) => [dim, layout.dims[dim]!])),
    ...{ parameters, macs: countMacs(layout), bytes: 4 * parameters, milliseconds },
  };
}

/** The median of the last numbers; null of none. */
function median(numbers: readonly number[]): number | null {
  const sorted = numbers.slice(-41).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}
