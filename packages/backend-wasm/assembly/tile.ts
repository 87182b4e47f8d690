// The innermost loop: a few rows times a panel of eight columns, held in registers over all of k.
import { floats, multiplyAdd } from './vector';

/** `c [rows, 8] (+)= strip * panel`, with a packed strip `[k][rows]` and a packed panel `[k][8]`; `rows` is 1 to 6. */
export function tile(
  rows: i32,
  strip: usize,
  panel: usize,
  k: i32,
  c: usize,
  ldc: i32,
  add: bool,
): void {
  // Each call is inlined with its constant: six loops without a branch in them.
  switch (rows) {
    case 6:
      return rowsTimesPanel(6, strip, panel, k, c, ldc, add);
    case 5:
      return rowsTimesPanel(5, strip, panel, k, c, ldc, add);
    case 4:
      return rowsTimesPanel(4, strip, panel, k, c, ldc, add);
    case 3:
      return rowsTimesPanel(3, strip, panel, k, c, ldc, add);
    case 2:
      return rowsTimesPanel(2, strip, panel, k, c, ldc, add);
    default:
      return rowsTimesPanel(1, strip, panel, k, c, ldc, add);
  }
}

// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function rowsTimesPanel(
  rows: i32,
  strip: usize,
  panel: usize,
  k: i32,
  c: usize,
  ldc: i32,
  add: bool,
): void {
  let a0 = f32x4.splat(0);
  let b0 = a0;
  let a1 = a0;
  let b1 = a0;
  let a2 = a0;
  let b2 = a0;
  let a3 = a0;
  let b3 = a0;
  let a4 = a0;
  let b4 = a0;
  let a5 = a0;
  let b5 = a0;
  const end = strip + floats(k * rows);
  while (strip < end) {
    const left = v128.load(panel);
    const right = v128.load(panel, 16);
    const x0 = v128.load32_splat(strip);
    a0 = multiplyAdd(x0, left, a0);
    b0 = multiplyAdd(x0, right, b0);
    if (rows > 1) {
      const x = v128.load32_splat(strip, 4);
      a1 = multiplyAdd(x, left, a1);
      b1 = multiplyAdd(x, right, b1);
    }
    if (rows > 2) {
      const x = v128.load32_splat(strip, 8);
      a2 = multiplyAdd(x, left, a2);
      b2 = multiplyAdd(x, right, b2);
    }
    if (rows > 3) {
      const x = v128.load32_splat(strip, 12);
      a3 = multiplyAdd(x, left, a3);
      b3 = multiplyAdd(x, right, b3);
    }
    if (rows > 4) {
      const x = v128.load32_splat(strip, 16);
      a4 = multiplyAdd(x, left, a4);
      b4 = multiplyAdd(x, right, b4);
    }
    if (rows > 5) {
      const x = v128.load32_splat(strip, 20);
      a5 = multiplyAdd(x, left, a5);
      b5 = multiplyAdd(x, right, b5);
    }
    strip += floats(rows);
    panel += 32;
  }
  put(c, a0, b0, add);
  if (rows > 1) put(c + floats(ldc), a1, b1, add);
  if (rows > 2) put(c + floats(2 * ldc), a2, b2, add);
  if (rows > 3) put(c + floats(3 * ldc), a3, b3, add);
  if (rows > 4) put(c + floats(4 * ldc), a4, b4, add);
  if (rows > 5) put(c + floats(5 * ldc), a5, b5, add);
}

// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function put(c: usize, left: v128, right: v128, add: bool): void {
  if (add) {
    left = f32x4.add(v128.load(c), left);
    right = f32x4.add(v128.load(c, 16), right);
  }
  v128.store(c, left);
  v128.store(c, right, 16);
}
