// Steps of optimizers: a weight, its gradient and the penalty's in, the new weight out, in one pass. Every operation is
// rounded on its own and in TensorFlow.js's order, so that the bits are those of its optimizers. Each works on the rows
// `from` to `to - 1` of a matrix `[rows, width]`; an address 0 stands for factors or a scale that are not there.
import { factorsAt, penalized, rowFactor, scaleOf, take } from './penalty';
import { floats, storeSome } from './vector';

/** `out = scale * (gradient + weight * (rows[i] + columns[j]))`. */
export function penalizedGradient(
  from: i32,
  to: i32,
  width: i32,
  gradient: usize,
  weight: usize,
  rows: usize,
  columns: usize,
  scale: usize,
  out: usize,
): void {
  const active = rows != 0 || columns != 0;
  const factor = scaleOf(scale);
  for (let i = from; i < to; i++) {
    const row = rowFactor(rows, i);
    const start = floats(width) * i;
    for (let j = 0; j < width; j += 4) {
      const at = start + floats(j);
      const count = width - j;
      const own = active ? take(weight + at, count) : factor;
      const factors = factorsAt(columns, j);
      const value = penalized(gradient + at, own, active, row, factors, factor, count);
      put(out + at, value, count);
    }
  }
}

/** `out = weight + rate * g` with the gradient g as in {@link penalizedGradient}; then every `|out| < threshold` is 0. */
export function sgdStep(
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
  const active = rows != 0 || columns != 0;
  const factor = scaleOf(scale);
  const step = f32x4.splat(rate);
  const least = f32x4.splat(threshold);
  for (let i = from; i < to; i++) {
    const row = rowFactor(rows, i);
    const start = floats(width) * i;
    for (let j = 0; j < width; j += 4) {
      const at = start + floats(j);
      const count = width - j;
      const own = take(weight + at, count);
      const factors = factorsAt(columns, j);
      const g = penalized(gradient + at, own, active, row, factors, factor, count);
      put(out + at, zeroSmall(f32x4.add(f32x4.mul(step, g), own), least), count);
    }
  }
}

/**
 * The step of TensorFlow.js's AdamOptimizer with the gradient of {@link penalizedGradient}: new moments to `outFirst` and
 * `outSecond`, the new weight to `out`, where every `|out| < threshold` is 0. `correction1` and `correction2` are the
 * addresses of `1 - beta^t`, `keep` is beta, `mix` is `1 - beta`.
 */
export function adamStep(
  from: i32,
  to: i32,
  width: i32,
  gradient: usize,
  weight: usize,
  rows: usize,
  columns: usize,
  scale: usize,
  first: usize,
  second: usize,
  correction1: usize,
  correction2: usize,
  keep1: f32,
  mix1: f32,
  keep2: f32,
  mix2: f32,
  epsilon: f32,
  rate: f32,
  threshold: f32,
  out: usize,
  outFirst: usize,
  outSecond: usize,
): void {
  const active = rows != 0 || columns != 0;
  const factor = scaleOf(scale);
  const unbias1 = scaleOf(correction1);
  const unbias2 = scaleOf(correction2);
  const least = f32x4.splat(threshold);
  for (let i = from; i < to; i++) {
    const row = rowFactor(rows, i);
    const start = floats(width) * i;
    for (let j = 0; j < width; j += 4) {
      const at = start + floats(j);
      const count = width - j;
      const own = take(weight + at, count);
      const factors = factorsAt(columns, j);
      const g = penalized(gradient + at, own, active, row, factors, factor, count);
      const m = mean(take(first + at, count), g, keep1, mix1);
      const v = mean(take(second + at, count), f32x4.mul(g, g), keep2, mix2);
      const scaled = f32x4.div(
        f32x4.div(m, unbias1),
        f32x4.add(f32x4.sqrt(f32x4.div(v, unbias2)), f32x4.splat(epsilon)),
      );
      const moved = f32x4.add(f32x4.mul(scaled, f32x4.splat(rate)), own);
      put(outFirst + at, m, count);
      put(outSecond + at, v, count);
      put(out + at, zeroSmall(moved, least), count);
    }
  }
}

/** `out = weight * rows[i] * columns[j]`, and 0 where that is smaller than `threshold` or -0. */
export function shrinkWeight(
  from: i32,
  to: i32,
  width: i32,
  weight: usize,
  rows: usize,
  columns: usize,
  threshold: f32,
  out: usize,
): void {
  const zero = f32x4.splat(0);
  const least = f32x4.splat(threshold);
  for (let i = from; i < to; i++) {
    const row = rows == 0 ? f32x4.splat(1) : rowFactor(rows, i);
    const start = floats(width) * i;
    for (let j = 0; j < width; j += 4) {
      const at = start + floats(j);
      const count = width - j;
      let value = f32x4.mul(take(weight + at, count), row);
      if (columns != 0) value = f32x4.mul(value, take(columns + floats(j), count));
      // 0 added to the -0 of a removed negative entry is 0.
      put(out + at, zeroSmall(f32x4.add(value, zero), least), count);
    }
  }
}

/** 0 in the lanes with `|x| < least`; a comparison with NaN is false, so NaN stays. */
// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function zeroSmall(x: v128, least: v128): v128 {
  return v128.andnot(x, f32x4.lt(f32x4.abs(x), least));
}

/** `old * keep + value * mix`. */
// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function mean(old: v128, value: v128, keep: f32, mix: f32): v128 {
  return f32x4.add(f32x4.mul(old, f32x4.splat(keep)), f32x4.mul(value, f32x4.splat(mix)));
}

/** `storeSome` without a call for whole vectors. */
// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function put(to: usize, value: v128, count: i32): void {
  if (count >= 4) v128.store(to, value);
  else storeSome(to, value, count);
}
