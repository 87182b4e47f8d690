import { abs, add, mul, step, sub, tidy, type Tensor } from '@tensorflow/tfjs-core';

/**
 * Returns `w` with every `|w| < tau` set to 0 (the paper's threshold, compared in single precision; `|w| = tau` stays,
 * and so does NaN). On the WASM backend comparisons and `where` are 20 to 300 times slower than arithmetic, hence
 * a step function of `|w|` minus the largest number below `tau`.
 */
export function zeroSmall(weight: Tensor, tau: number): Tensor {
  return tidy(() => add(mul(weight, step(sub(abs(weight), nextBelow(tau)))), 0));
}

/** The largest single-precision number below `value > 0`. */
export function nextBelow(value: number): number {
  const float = new Float32Array([value]);
  const bits = new Uint32Array(float.buffer);
  if (bits[0]! > 0) bits[0]! -= 1;
  return float[0]!;
}
