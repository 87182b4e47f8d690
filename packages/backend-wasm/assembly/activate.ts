// What follows a product in a dense layer, in one pass over its result.
import { exp4, sigmoid4 } from './math';
import { floats } from './vector';

/**
 * Adds `bias [n]` (none at address 0) to each row of `x [m, n]` in place and applies an activation: 0 none, 1 relu,
 * 2 relu6, 3 leaky relu with slope `alpha`, 4 sigmoid, 5 elu.
 */
export function biasActivate(x: usize, m: i32, n: i32, bias: usize, kind: i32, alpha: f32): void {
  for (let i = 0; i < m; i++) {
    let j = 0;
    for (; j + 4 <= n; j += 4) {
      let value = v128.load(x);
      if (bias != 0) value = f32x4.add(value, v128.load(bias + floats(j)));
      v128.store(x, activate(value, kind, alpha));
      x += 16;
    }
    for (; j < n; j++) {
      let value = load<f32>(x);
      if (bias != 0) value += load<f32>(bias + floats(j));
      store<f32>(x, f32x4.extract_lane(activate(f32x4.splat(value), kind, alpha), 0));
      x += 4;
    }
  }
}

function activate(x: v128, kind: i32, alpha: f32): v128 {
  const zero = f32x4.splat(0);
  switch (kind) {
    case 1:
      return f32x4.max(x, zero);
    case 2:
      return f32x4.min(f32x4.max(x, zero), f32x4.splat(6));
    case 3:
      return v128.bitselect(x, f32x4.mul(x, f32x4.splat(alpha)), f32x4.gt(x, zero));
    case 4:
      return sigmoid4(x);
    case 5:
      return v128.bitselect(x, f32x4.sub(exp4(x), f32x4.splat(1)), f32x4.ge(x, zero));
    default:
      return x;
  }
}
