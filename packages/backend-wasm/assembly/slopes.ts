// Derivatives of the nonlinearities, from what they returned.

/** The slope of a sigmoid where its value is `value`. */
// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
export function sigmoidSlope(value: v128): v128 {
  return f32x4.mul(value, f32x4.sub(f32x4.splat(1), value));
}

/** The slope of a tanh where its value is `value`. */
// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
export function tanhSlope(value: v128): v128 {
  return f32x4.sub(f32x4.splat(1), f32x4.mul(value, value));
}

/** `x` where it is above 0, else 0; NaN stays NaN. */
// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
export function relu4(x: v128): v128 {
  return f32x4.max(x, f32x4.splat(0));
}

/** The slope of a relu where its value is `value`; NaN where that is. */
// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
export function reluSlope(value: v128): v128 {
  const slope = v128.and(f32x4.splat(1), f32x4.gt(value, f32x4.splat(0)));
  return v128.or(slope, v128.and(value, f32x4.ne(value, value)));
}
