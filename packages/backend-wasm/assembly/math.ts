// The exponential and what recurrent cells make of it, in four lanes, to a few units in the last place of a float.
import { multiplyAdd } from './vector';

// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function constant(value: f32): v128 {
  return f32x4.splat(value);
}

/** Adding it leaves the nearest whole number in the lowest bits of a float: 1.5 * 2^23. */
const ROUND: f32 = 12582912.0;

/**
 * `exp(x)`: `2^n * exp(r)` with `|r| <= ln(2) / 2`, the second from its Taylor polynomial of degree 7 (error below 2e-9
 * there). Arguments under -87.3 give the smallest normal number, over 88.3 the largest power kept; NaN stays NaN.
 */
// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
export function exp4(x: v128): v128 {
  // The pseudo-minimum is one instruction where the other takes eight, and keeps a NaN on its left.
  const bounded = f32x4.pmax(f32x4.pmin(x, constant(88.3)), constant(-87.3));
  const shifted = multiplyAdd(bounded, constant(1.4426950408889634), constant(ROUND));
  const n = f32x4.sub(shifted, constant(ROUND));
  // ln 2 in two parts, the first with few enough bits that its product with n is exact.
  let r = multiplyAdd(n, constant(-0.693359375), bounded);
  r = multiplyAdd(n, constant(2.12194440e-4), r);
  let p = constant(1.0 / 5040.0);
  p = multiplyAdd(p, r, constant(1.0 / 720.0));
  p = multiplyAdd(p, r, constant(1.0 / 120.0));
  p = multiplyAdd(p, r, constant(1.0 / 24.0));
  p = multiplyAdd(p, r, constant(1.0 / 6.0));
  p = multiplyAdd(p, r, constant(0.5));
  p = multiplyAdd(p, r, constant(1.0));
  p = multiplyAdd(p, r, constant(1.0));
  const power = i32x4.add(i32x4.shl(shifted, 23), i32x4.splat(127 << 23));
  return f32x4.mul(p, power);
}

/** `1 / (1 + exp(-x))`. */
// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
export function sigmoid4(x: v128): v128 {
  const one = constant(1.0);
  return f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(x))));
}

/**
 * `tanh(x)`: `1 - 2 / (exp(2x) + 1)`, and for `|x| < 0.3`, where that loses digits, its Taylor series to the eleventh
 * power (relative error below 2e-8 there).
 */
// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
export function tanh4(x: v128): v128 {
  const one = constant(1.0);
  const s = f32x4.mul(x, x);
  let series = constant(-1382.0 / 155925.0);
  series = multiplyAdd(series, s, constant(62.0 / 2835.0));
  series = multiplyAdd(series, s, constant(-17.0 / 315.0));
  series = multiplyAdd(series, s, constant(2.0 / 15.0));
  series = multiplyAdd(series, s, constant(-1.0 / 3.0));
  const small = multiplyAdd(f32x4.mul(series, s), x, x);
  const large = f32x4.sub(
    one,
    f32x4.div(constant(2.0), f32x4.add(exp4(f32x4.add(x, x)), one)),
  );
  return v128.bitselect(small, large, f32x4.lt(f32x4.abs(x), constant(0.3)));
}

/**
 * Natural logarithm of a finite `x >= 1`, to the last digits of float64; NaN and infinity as they come. The standard
 * library's reads a table, and this module may have no data. With `x = m * 2^n` and `m` about 1 it is
 * `n * ln 2 + 2 * atanh((m - 1) / (m + 1))`, by the series of atanh.
 */
export function log(x: f64): f64 {
  if (!(x < Infinity)) return x;
  const bits = reinterpret<i64>(x);
  let exponent = (bits >> 52) - 1023;
  let mantissa = reinterpret<f64>((bits & 0xfffffffffffff) | 0x3ff0000000000000);
  if (mantissa > 1.4142135623730951) {
    mantissa *= 0.5;
    exponent += 1;
  }
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  let series: f64 = 0;
  for (let odd = 25; odd >= 1; odd -= 2) series = series * square + 1.0 / <f64>odd;
  return <f64>exponent * 0.6931471805599453 + 2 * s * series;
}
