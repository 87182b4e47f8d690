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
