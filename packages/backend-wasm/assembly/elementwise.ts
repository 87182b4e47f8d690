// Functions of each entry that TensorFlow.js's own kernels compute without NaN, or out of order with it.
import { floats, loadSome, storeSome } from './vector';

/** `x [count]` with what is below `low` or above `high` replaced by these; NaN stays NaN. */
export function clip(x: usize, count: i32, low: f32, high: f32, out: usize): void {
  const least = f32x4.splat(low);
  const most = f32x4.splat(high);
  let i = 0;
  for (; i + 16 <= count; i += 16) {
    const from = x + floats(i);
    const to = out + floats(i);
    v128.store(to, clipped(v128.load(from), least, most));
    v128.store(to, clipped(v128.load(from, 16), least, most), 16);
    v128.store(to, clipped(v128.load(from, 32), least, most), 32);
    v128.store(to, clipped(v128.load(from, 48), least, most), 48);
  }
  for (; i < count; i++) {
    const value = load<f32>(x + floats(i));
    store<f32>(out + floats(i), value < low ? low : value > high ? high : value);
  }
}

/** `pmax` and `pmin` give their first operand where it is NaN. */
// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function clipped(x: v128, least: v128, most: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, least), most);
}

/**
 * A function of each entry of `a` and `b`: 0 the greater, 1 the lesser, both NaN where one of them is; 2 `a`, times `b`
 * where `a` is negative. A step of 0 repeats a number for all `count` entries, one of 1 takes them in order.
 */
export function pairs(
  kind: i32,
  a: usize,
  stepA: i32,
  b: usize,
  stepB: i32,
  count: i32,
  out: usize,
): void {
  const zero = f32x4.splat(0);
  for (let i = 0; i < count; i += 4) {
    const left = stepA ? loadSome(a, count - i) : v128.load32_splat(a);
    const right = stepB ? loadSome(b, count - i) : v128.load32_splat(b);
    let chosen: v128;
    if (kind == 0) chosen = f32x4.max(left, right);
    else if (kind == 1) chosen = f32x4.min(left, right);
    else chosen = v128.bitselect(f32x4.mul(left, right), left, f32x4.lt(left, zero));
    storeSome(out, chosen, count - i);
    a += floats(4 * stepA);
    b += floats(4 * stepB);
    out += 16;
  }
}
