import {
  abs,
  argMax,
  cast,
  equal,
  fill,
  lessEqual,
  log,
  logicalAnd,
  max,
  maximum,
  mul,
  neg,
  oneHot,
  reshape,
  step,
  sub,
  sum,
  Tensor,
  tidy,
  where,
  type Rank,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { readsAtOnce } from '@secateur/backend/kernels';
import { describeTensor } from '@secateur/backend/kernels';
import { checkOptions } from '@secateur/input';
import { checkTensor } from '../check.ts';
import { argumentError, tensorsError } from '../error.ts';

/** What the last layer of a model gives: logits (`activation: 'linear'`) or probabilities (`activation: 'softmax'`). */
export type OutputKind = 'logits' | 'probabilities';

/** Options of {@link distillationTargets}. */
export interface DistillationTargetsOptions {
  /** What the teacher gives; default `'logits'`. */
  readonly from?: OutputKind;
}

/** Smaller probabilities are taken for this one, as the logarithm of 0 is minus infinity. */
const LEAST = 1e-30;
/** How far the sum of float32 probabilities may be from 1. */
const ROUNDING = 1e-4;

/**
 * Makes the targets of `distillationLoss`: the label and the teacher's outputs of each position in one float32 tensor of the
 * outputs' own shape, `[batch, ..., classes]`, since `model.fit` takes no other. `labels` are int32 `[batch, ...]`, `teacher` is
 * what the teacher says of the same inputs, `[batch, ..., classes]`.
 *
 * In each row the logits are moved, which no softmax notices, so that the largest is -1. Then the sign of the label's is
 * turned round: the label is the one positive number, and also the largest, as in a one-hot, so that the metric `'accuracy'`
 * is right.
 *
 * @throws `CellError` when shapes or dtypes do not fit and, on cpu, wasm and node, when a label is no class, a teacher's
 * number is NaN or Infinity or `from` is not what the teacher gives. On webgpu the loss of such a row is NaN. A logit of minus
 * infinity, or one too far below the largest for float32, is a class that the teacher rules out.
 *
 * @example
 * ```ts
 * import { tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { distillationTargets } from '@secateur/cells/layers';
 *
 * await useBackend('cpu');
 *
 * const targets = tidy(() => {
 *   const teacher = tensor2d([2, 5, 3, 0], [2, 2]); // what `teacher.predict(x)` gives
 *   return distillationTargets(tensor1d([0, 0], 'int32'), teacher).arraySync();
 * });
 * targets; // => [[4, -1], [1, -4]]
 * ```
 */
export function distillationTargets(
  labels: Tensor,
  teacher: Tensor,
  options: DistillationTargetsOptions = {},
): Tensor {
  const caller = 'distillationTargets';
  checkOptions(caller, options, { from: true }, argumentError);
  const { from = 'logits' } = options;
  if (!(teacher instanceof Tensor) || teacher.rank < 2 || teacher.dtype !== 'float32') {
    throw tensorsError(
      `${caller}: expected teacher to be float32 [batch, ..., classes], found ${describeTensor(teacher)}; pass what the teacher's predict returns.`,
    );
  }
  const classes = teacher.shape.at(-1)!;
  if (teacher.size === 0) {
    throw tensorsError(
      `${caller}: expected at least one row and one class of teacher, found ${describeTensor(teacher)}; leave out what is empty.`,
    );
  }
  checkTensor(caller, 'labels', labels, 'int32', teacher.shape.slice(0, -1));
  checkKind(caller, 'teacher', teacher, from);
  if (readsAtOnce()) {
    const wrong = labels.dataSync<'int32'>().find((label) => label < 0 || label >= classes);
    if (wrong !== undefined) {
      throw tensorsError(
        `${caller}: expected labels from 0 to ${classes - 1}, found ${wrong}; check that labels and teacher have the same classes.`,
      );
    }
  }
  return tidy(() => {
    const logits = rowsOf(asLogits(teacher, from));
    const moved = sub(sub(logits, max(logits, 1, true)), 1);
    const here = oneHot(reshape<Rank.R1>(labels, [labels.size]), classes);
    const packed = mul(moved, sub(1, mul(2, cast(here, 'float32'))));
    const isWhole = !readsAtOnce() || !unpack(packed).labels.dataSync().includes(-1);
    if (!isWhole) {
      throw tensorsError(
        `${caller}: expected a finite teacher, found NaN or Infinity in it; check its weights and its inputs.`,
      );
    }
    return reshape(packed, teacher.shape);
  });
}

/**
 * The labels and the logits that {@link distillationTargets} packed, `[rows]` and `[rows, classes]`. The label is -1 in a row where not
 * exactly one number is positive, or where one is nearer to 0 than 1: one that was not packed.
 */
export function unpack(packed: Tensor): { readonly labels: Tensor1D; readonly teacher: Tensor2D } {
  const rows = rowsOf(packed);
  const teacher = neg(abs(rows));
  const isPacked = logicalAnd(equal(sum(step(rows), 1), 1), lessEqual(max(teacher, 1), -1));
  const none = fill<Rank.R1>([rows.shape[0]], -1, 'int32');
  return { labels: where(isPacked, argMax<Tensor1D>(rows, 1), none), teacher };
}

/** `[batch, ..., classes]` as `[rows, classes]`. */
export function rowsOf(x: Tensor): Tensor2D {
  const classes = x.shape.at(-1)!;
  return reshape<Rank.R2>(x, [x.size / classes, classes]);
}

/** Logits that have the same softmax as what a model gives. */
export function asLogits(outputs: Tensor, from: OutputKind): Tensor {
  return from === 'logits' ? outputs : log(maximum(outputs, LEAST));
}

/**
 * Compares what a model gives with what it is said to give, where that can be read at once: the softmax of probabilities is
 * nearly even, and a student would learn that without an error.
 */
export function checkKind(caller: string, name: string, outputs: Tensor, from: OutputKind): void {
  if (from !== 'logits' && from !== 'probabilities') {
    throw argumentError(
      `${caller}: expected from to be 'logits' or 'probabilities', found ${String(from)}; name what the model's last layer gives.`,
    );
  }
  const kind = readsAtOnce() ? kindOf(outputs) : undefined;
  if (kind === undefined || kind === from) return;
  const advice =
    kind === 'logits'
      ? `leave out from, or end the model in a softmax`
      : `pass from: 'probabilities', or end the model in a layer without activation`;
  throw tensorsError(`${caller}: expected ${name} to be ${from}, found ${kind}; ${advice}.`);
}

/** Probabilities are at least 0 and add up to 1 in every row. What has NaN in it, or no row, may be either. */
function kindOf(outputs: Tensor): OutputKind | undefined {
  const values = outputs.dataSync<'float32'>();
  const classes = outputs.shape.at(-1)!;
  if (values.length === 0) return undefined;
  for (let start = 0; start < values.length; start += classes) {
    let total = 0;
    for (let j = start; j < start + classes; j++) {
      if (values[j]! < 0) return 'logits';
      total += values[j]!;
    }
    if (Number.isNaN(total)) return undefined;
    if (Math.abs(total - 1) > ROUNDING) return 'logits';
  }
  return 'probabilities';
}
