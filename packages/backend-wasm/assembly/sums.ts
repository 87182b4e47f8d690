// Sums over neighbouring axes, in an order that depends on the shape alone. Short chains of float additions are joined
// in float64 along a row, and by a tree of eight rows down a column: closer than adding one number after the other.
import { floats, loadSome, storeSome } from './vector';

/** Numbers that are added in float32 before they are added to the float64 total: 32 per lane of four registers. */
const CHUNK: i32 = 512;

/** `x [outer, count, inner]` summed over the middle axis into `out [outer, inner]`; zeros where `count` is 0. */
export function sums(x: usize, outer: i32, count: i32, inner: i32, out: usize): void {
  if (inner == 1) {
    for (let i = 0; i < outer; i++) {
      store<f32>(out + floats(i), <f32>sum(x, count));
      x += floats(count);
    }
    return;
  }
  for (let i = 0; i < outer; i++) {
    columnSums(x, count, inner, out);
    x += floats(inner) * count;
    out += floats(inner);
  }
}

/** The sum of `count` numbers. */
export function sum(x: usize, count: i32): f64 {
  let total: f64 = 0;
  let j = 0;
  while (j + 16 <= count) {
    const end = min(j + CHUNK, count);
    let a = f32x4.splat(0);
    let b = a;
    let c = a;
    let d = a;
    for (; j + 16 <= end; j += 16) {
      const at = x + floats(j);
      a = f32x4.add(a, v128.load(at));
      b = f32x4.add(b, v128.load(at, 16));
      c = f32x4.add(c, v128.load(at, 32));
      d = f32x4.add(d, v128.load(at, 48));
    }
    total += lanes(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
  }
  for (; j < count; j++) total += <f64>load<f32>(x + floats(j));
  return total;
}

function lanes(x: v128): f64 {
  const low = f64x2.promote_low_f32x4(x);
  const high = f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 1));
  const both = f64x2.add(low, high);
  return f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
}

/** `x [rows, width]` summed over its rows. */
function columnSums(x: usize, rows: i32, width: i32, out: usize): void {
  memory.fill(out, 0, floats(width));
  const row = floats(width);
  let i = 0;
  for (; i + 8 <= rows; i += 8) {
    for (let j = 0; j < width; j += 4) {
      const count = width - j;
      const at = x + floats(j);
      const four = fourRows(at, row, count);
      const eight = f32x4.add(four, fourRows(at + 4 * row, row, count));
      const to = out + floats(j);
      storeSome(to, f32x4.add(loadSome(to, count), eight), count);
    }
    x += 8 * row;
  }
  for (; i < rows; i++) {
    for (let j = 0; j < width; j += 4) {
      const count = width - j;
      const to = out + floats(j);
      storeSome(to, f32x4.add(loadSome(to, count), loadSome(x + floats(j), count)), count);
    }
    x += row;
  }
}

// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function fourRows(at: usize, row: usize, count: i32): v128 {
  const upper = f32x4.add(loadSome(at, count), loadSome(at + row, count));
  const lower = f32x4.add(loadSome(at + 2 * row, count), loadSome(at + 3 * row, count));
  return f32x4.add(upper, lower);
}
