// Kernels whose rows do not depend on each other, shared among the threads by ranges of rows.
import { crossEntropy, crossEntropyGrad } from './cross-entropy';
import { distilledCrossEntropy } from './distilled-cross-entropy';
import { argument, chunksFor, nextChunk, offer, setArgument } from './pool';
import { CROSS_ENTROPY, CROSS_ENTROPY_GRAD, DISTILLED_CROSS_ENTROPY, SGD_STEP } from './tasks';
import { sgdStep } from './update';

/** Arguments 0 and 1 of every job here are the first row, and the one after the last; returns how many chunks they make. */
function rowChunks(from: i32, to: i32, workPerRow: i32): i32 {
  setArgument(0, from);
  setArgument(1, to);
  return max(1, min(chunksFor(<i64>(to - from) * workPerRow), to - from));
}

// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function row(chunk: i32, chunks: i32): i32 {
  const from = argument(0);
  return from + <i32>((<i64>(argument(1) - from) * chunk) / chunks);
}

// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function address(index: i32): usize {
  return <usize>(<u32>argument(index));
}

/** {@link crossEntropy} by all threads; an exponential costs some twenty multiply-adds. */
export function sharedCrossEntropy(
  logits: usize,
  labels: usize,
  classes: i32,
  from: i32,
  to: i32,
  loss: usize,
  probabilities: usize,
): void {
  setArgument(2, <i32>logits);
  setArgument(3, <i32>labels);
  setArgument(4, classes);
  setArgument(5, <i32>loss);
  setArgument(6, <i32>probabilities);
  const chunks = rowChunks(from, to, 20 * classes);
  for (let chunk = offer(CROSS_ENTROPY, chunks); chunk >= 0; chunk = nextChunk()) {
    crossEntropyChunk(chunk, chunks);
  }
}

/** A range of rows of the current job. */
export function crossEntropyChunk(chunk: i32, chunks: i32): void {
  const from = row(chunk, chunks);
  const to = row(chunk + 1, chunks);
  crossEntropy(address(2), address(3), argument(4), from, to, address(5), address(6));
}

/** {@link crossEntropyGrad} by all threads. */
export function sharedCrossEntropyGrad(
  dy: usize,
  probabilities: usize,
  labels: usize,
  classes: i32,
  from: i32,
  to: i32,
  dlogits: usize,
): void {
  setArgument(2, <i32>dy);
  setArgument(3, <i32>probabilities);
  setArgument(4, <i32>labels);
  setArgument(5, classes);
  setArgument(6, <i32>dlogits);
  const chunks = rowChunks(from, to, 4 * classes);
  for (let chunk = offer(CROSS_ENTROPY_GRAD, chunks); chunk >= 0; chunk = nextChunk()) {
    crossEntropyGradChunk(chunk, chunks);
  }
}

/** A range of rows of the current job. */
export function crossEntropyGradChunk(chunk: i32, chunks: i32): void {
  const from = row(chunk, chunks);
  const to = row(chunk + 1, chunks);
  crossEntropyGrad(address(2), address(3), address(4), argument(5), from, to, address(6));
}

/** {@link distilledCrossEntropy} by all threads; a class costs four exponentials at most. */
export function sharedDistilledCrossEntropy(
  logits: usize,
  teacher: usize,
  labels: usize,
  classes: i32,
  from: i32,
  to: i32,
  share: f32,
  temperature: f32,
  loss: usize,
  slopes: usize,
): void {
  setArgument(2, <i32>logits);
  setArgument(3, <i32>teacher);
  setArgument(4, <i32>labels);
  setArgument(5, classes);
  setArgument(6, reinterpret<i32>(share));
  setArgument(7, reinterpret<i32>(temperature));
  setArgument(8, <i32>loss);
  setArgument(9, <i32>slopes);
  const chunks = rowChunks(from, to, 80 * classes);
  for (let chunk = offer(DISTILLED_CROSS_ENTROPY, chunks); chunk >= 0; chunk = nextChunk()) {
    distilledCrossEntropyChunk(chunk, chunks);
  }
}

/** A range of rows of the current job. */
export function distilledCrossEntropyChunk(chunk: i32, chunks: i32): void {
  distilledCrossEntropy(
    address(2),
    address(3),
    address(4),
    argument(5),
    row(chunk, chunks),
    row(chunk + 1, chunks),
    reinterpret<f32>(argument(6)),
    reinterpret<f32>(argument(7)),
    address(8),
    address(9),
  );
}

/** {@link sgdStep} by all threads. */
export function sharedSgdStep(
  from: i32,
  to: i32,
  width: i32,
  gradient: usize,
  weight: usize,
  rows: usize,
  columns: usize,
  scale: usize,
  rate: f32,
  threshold: f32,
  out: usize,
): void {
  setArgument(2, width);
  setArgument(3, <i32>gradient);
  setArgument(4, <i32>weight);
  setArgument(5, <i32>rows);
  setArgument(6, <i32>columns);
  setArgument(7, <i32>scale);
  setArgument(8, reinterpret<i32>(rate));
  setArgument(9, reinterpret<i32>(threshold));
  setArgument(10, <i32>out);
  const chunks = rowChunks(from, to, 4 * width);
  for (let chunk = offer(SGD_STEP, chunks); chunk >= 0; chunk = nextChunk()) {
    sgdStepChunk(chunk, chunks);
  }
}

/** A range of rows of the current job. */
export function sgdStepChunk(chunk: i32, chunks: i32): void {
  sgdStep(
    row(chunk, chunks),
    row(chunk + 1, chunks),
    argument(2),
    address(3),
    address(4),
    address(5),
    address(6),
    address(7),
    reinterpret<f32>(argument(8)),
    reinterpret<f32>(argument(9)),
    address(10),
  );
}
