// What all kernels share: the multiply-add of the build, and the address of the n-th float.

/** `a * b + c` in four lanes: one rounding where the engine has relaxed SIMD over FMA, else two. */
// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** Bytes of `count` floats. */
// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
export function floats(count: i32): usize {
  return (<usize>count) << 2;
}

/** The first `count` (1 to 4) floats at an address; lanes past them are zero. */
export function loadSome(from: usize, count: i32): v128 {
  if (count >= 4) return v128.load(from);
  let value = v128.load32_zero(from);
  if (count > 1) value = v128.load_lane<f32>(from, value, 1, 4);
  if (count > 2) value = v128.load_lane<f32>(from, value, 2, 8);
  return value;
}

/** Stores the first `count` (1 to 4) lanes. */
export function storeSome(to: usize, value: v128, count: i32): void {
  if (count >= 4) {
    v128.store(to, value);
    return;
  }
  v128.store_lane<f32>(to, value, 0, 0);
  if (count > 1) v128.store_lane<f32>(to, value, 1, 4);
  if (count > 2) v128.store_lane<f32>(to, value, 2, 8);
}
