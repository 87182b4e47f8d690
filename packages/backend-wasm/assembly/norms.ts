// Sums of squares, in float64: of the rows and columns of a weight for the penalty, and of a gradient with the penalty's
// part for the clip. Each works on the rows `from` to `to - 1` of a matrix; norms-shared.ts shares them among threads.
import { factorsAt, penalized, rowFactor } from './penalty';
import { floats } from './vector';

/**
 * Writes the sum of squares of each of these rows of `x [rows, width]` to `perRow [rows]`, and adds their squares to
 * `perColumn [width]`, unless that is at address 0; both are float64. Four rows are added to the columns at a time, so
 * ranges that begin at a multiple of four add in the same order as the whole.
 */
export function squaredRowsAndColumns(
  x: usize,
  from: i32,
  to: i32,
  width: i32,
  perRow: usize,
  perColumn: usize,
): void {
  const stride = floats(width);
  let row = from;
  for (; row + 4 <= to; row += 4) {
    fourRows(x + stride * row, stride, width, perRow + doubles(row), perColumn);
  }
  for (; row < to; row++) {
    const start = x + stride * row;
    let total: f64 = 0;
    for (let j = 0; j < width; j++) {
      const square = squareAt(start + floats(j));
      total += square;
      if (perColumn != 0) addTo(perColumn + doubles(j), square);
    }
    store<f64>(perRow + doubles(row), total);
  }
}

/** Four rows at once, as each column's sum is then loaded and stored once for the four. */
function fourRows(a: usize, stride: usize, width: i32, perRow: usize, perColumn: usize): void {
  const b = a + stride;
  const c = b + stride;
  const d = c + stride;
  let sumA = f64x2.splat(0);
  let sumB = sumA;
  let sumC = sumA;
  let sumD = sumA;
  let j = 0;
  for (; j + 2 <= width; j += 2) {
    const at = floats(j);
    const squareA = squaresAt(a + at);
    const squareB = squaresAt(b + at);
    const squareC = squaresAt(c + at);
    const squareD = squaresAt(d + at);
    sumA = f64x2.add(sumA, squareA);
    sumB = f64x2.add(sumB, squareB);
    sumC = f64x2.add(sumC, squareC);
    sumD = f64x2.add(sumD, squareD);
    if (perColumn != 0) {
      const place = perColumn + doubles(j);
      const four = f64x2.add(f64x2.add(squareA, squareB), f64x2.add(squareC, squareD));
      v128.store(place, f64x2.add(v128.load(place), four));
    }
  }
  if (j < width) {
    const at = floats(j);
    const squareA = squareAt(a + at);
    const squareB = squareAt(b + at);
    const squareC = squareAt(c + at);
    const squareD = squareAt(d + at);
    sumA = f64x2.add(sumA, f64x2(squareA, 0));
    sumB = f64x2.add(sumB, f64x2(squareB, 0));
    sumC = f64x2.add(sumC, f64x2(squareC, 0));
    sumD = f64x2.add(sumD, f64x2(squareD, 0));
    if (perColumn != 0) addTo(perColumn + doubles(j), squareA + squareB + (squareC + squareD));
  }
  store<f64>(perRow, bothOf(sumA));
  store<f64>(perRow, bothOf(sumB), 8);
  store<f64>(perRow, bothOf(sumC), 16);
  store<f64>(perRow, bothOf(sumD), 24);
}

/**
 * The sum of squares of `gradient + weight * (rows[i] + columns[j])` over these rows of `[rows, width]`; without factors
 * (both at address 0) of the gradient alone, and `weight` is not read. The entries are float32, their squares float64.
 */
export function penalizedSquares(
  from: i32,
  to: i32,
  width: i32,
  gradient: usize,
  weight: usize,
  rows: usize,
  columns: usize,
): f64 {
  const stride = floats(width);
  if (rows == 0 && columns == 0) return squaresBetween(gradient + stride * from, gradient + stride * to);
  const one = f32x4.splat(1);
  // Four sums, as the additions to one wait for each other.
  let a = f64x2.splat(0);
  let b = a;
  let c = a;
  let d = a;
  let rest: f64 = 0;
  for (let i = from; i < to; i++) {
    const row = rowFactor(rows, i);
    const start = stride * i;
    let j = 0;
    for (; j + 8 <= width; j += 8) {
      const at = start + floats(j);
      const first = v128.load(weight + at);
      const second = v128.load(weight + at, 16);
      const left = penalized(gradient + at, first, true, row, factorsAt(columns, j), one, 4);
      const right = penalized(gradient + at + 16, second, true, row, factorsAt(columns, j + 4), one, 4);
      a = f64x2.add(a, squaresOf(left));
      b = f64x2.add(b, squaresOf(v128.shuffle<i64>(left, left, 1, 1)));
      c = f64x2.add(c, squaresOf(right));
      d = f64x2.add(d, squaresOf(v128.shuffle<i64>(right, right, 1, 1)));
    }
    for (; j < width; j++) {
      const at = start + floats(j);
      let factor = f32x4.extract_lane(row, 0);
      if (columns != 0) factor += load<f32>(columns + floats(j));
      const value: f64 = load<f32>(gradient + at) + load<f32>(weight + at) * factor;
      rest += value * value;
    }
  }
  return bothOf(f64x2.add(f64x2.add(a, b), f64x2.add(c, d))) + rest;
}

/** The sum of squares of all floats from one address to another. */
function squaresBetween(at: usize, end: usize): f64 {
  // Four sums, as the additions to one wait for each other.
  let a = f64x2.splat(0);
  let b = a;
  let c = a;
  let d = a;
  for (; at + 32 <= end; at += 32) {
    a = f64x2.add(a, squaresAt(at));
    b = f64x2.add(b, squaresAt(at + 8));
    c = f64x2.add(c, squaresAt(at + 16));
    d = f64x2.add(d, squaresAt(at + 24));
  }
  let rest: f64 = 0;
  for (; at < end; at += 4) rest += squareAt(at);
  return bothOf(f64x2.add(f64x2.add(a, b), f64x2.add(c, d))) + rest;
}

// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function doubles(count: i32): usize {
  return (<usize>count) << 3;
}

/** Squares of the two floats at an address. */
// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function squaresAt(from: usize): v128 {
  return squaresOf(v128.load64_zero(from));
}

// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function squaresOf(floats: v128): v128 {
  const value = f64x2.promote_low_f32x4(floats);
  return f64x2.mul(value, value);
}

// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function squareAt(from: usize): f64 {
  const value = <f64>load<f32>(from);
  return value * value;
}

// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function bothOf(pair: v128): f64 {
  return f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1);
}

// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function addTo(place: usize, value: f64): void {
  store<f64>(place, load<f64>(place) + value);
}
