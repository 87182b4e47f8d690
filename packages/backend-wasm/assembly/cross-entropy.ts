// Softmax cross-entropy from integer labels, row by row: a row of the vocabulary's size stays in the cache between its
// passes. Rows do not depend on each other, so any range of them can be computed on its own.
import { exp4, log } from './math';
import { sum } from './sums';
import { floats } from './vector';

/** Below it the exponential is no normal number any more; it counts as zero, as in the stock softmax. */
const UNDERFLOW: f32 = -87.3;

/**
 * For the rows `from` to `to - 1` of `logits [rows, classes]` and `labels [rows]` (int32) writes the `probabilities` and
 * the `loss`, `log(sum_j exp(l_j - max)) + max - l_label`: finite also where the label's own probability is zero. A
 * label outside `0 .. classes - 1` gives a loss of NaN.
 */
export function crossEntropy(
  logits: usize,
  labels: usize,
  classes: i32,
  from: i32,
  to: i32,
  loss: usize,
  probabilities: usize,
): void {
  for (let row = from; row < to; row++) {
    const at = floats(row) * classes;
    const label = load<i32>(labels + floats(row));
    const top = largest(logits + at, classes);
    const total = exponentials(logits + at, top, classes, probabilities + at);
    scale(probabilities + at, <f32>(1.0 / total), classes);
    const known = <u32>label < <u32>classes;
    const chosen = known ? <f64>load<f32>(logits + at + floats(label)) : NaN;
    store<f32>(loss + floats(row), <f32>(log(total) + (<f64>top - chosen)));
  }
}

/** For the rows `from` to `to - 1` writes `dlogits`: `probabilities` less one at the label, times the row's `dy`. */
export function crossEntropyGrad(
  dy: usize,
  probabilities: usize,
  labels: usize,
  classes: i32,
  from: i32,
  to: i32,
  dlogits: usize,
): void {
  for (let row = from; row < to; row++) {
    const at = floats(row) * classes;
    const slope = load<f32>(dy + floats(row));
    const factor = f32x4.splat(slope);
    let j = 0;
    for (; j + 4 <= classes; j += 4) {
      const place = at + floats(j);
      v128.store(dlogits + place, f32x4.mul(v128.load(probabilities + place), factor));
    }
    for (; j < classes; j++) {
      const place = at + floats(j);
      store<f32>(dlogits + place, load<f32>(probabilities + place) * slope);
    }
    const label = load<i32>(labels + floats(row));
    if (<u32>label >= <u32>classes) continue;
    const place = at + floats(label);
    store<f32>(dlogits + place, (load<f32>(probabilities + place) - 1) * slope);
  }
}

/** The largest of `count` (at least 1) numbers; NaN if one of them is. */
export function largest(x: usize, count: i32): f32 {
  let top = load<f32>(x);
  let j = 0;
  if (count >= 8) {
    let a = v128.load(x);
    let b = v128.load(x, 16);
    for (j = 8; j + 8 <= count; j += 8) {
      a = f32x4.max(a, v128.load(x + floats(j)));
      b = f32x4.max(b, v128.load(x + floats(j), 16));
    }
    a = f32x4.max(a, b);
    top = max(
      max(f32x4.extract_lane(a, 0), f32x4.extract_lane(a, 1)),
      max(f32x4.extract_lane(a, 2), f32x4.extract_lane(a, 3)),
    );
  }
  for (; j < count; j++) top = max(top, load<f32>(x + floats(j)));
  return top;
}

/** Writes `exp(x - top)` and returns its sum. */
function exponentials(x: usize, top: f32, count: i32, out: usize): f64 {
  const shift = f32x4.splat(top);
  let j = 0;
  for (; j + 4 <= count; j += 4) {
    v128.store(out + floats(j), exponential(f32x4.sub(v128.load(x + floats(j)), shift)));
  }
  for (; j < count; j++) {
    const value = exponential(f32x4.splat(load<f32>(x + floats(j)) - top));
    store<f32>(out + floats(j), f32x4.extract_lane(value, 0));
  }
  return sum(out, count);
}

// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
export function exponential(x: v128): v128 {
  return v128.andnot(exp4(x), f32x4.lt(x, f32x4.splat(UNDERFLOW)));
}

function scale(x: usize, by: f32, count: i32): void {
  const factor = f32x4.splat(by);
  let j = 0;
  for (; j + 4 <= count; j += 4) {
    v128.store(x + floats(j), f32x4.mul(v128.load(x + floats(j)), factor));
  }
  for (; j < count; j++) store<f32>(x + floats(j), load<f32>(x + floats(j)) * by);
}
