// A single row times a matrix: every number of the matrix is used once, so nothing is packed. The order of the sums is that of
// `tile.ts`, so that a row has the bits that it has among others.
import { floats, loadSome, multiplyAdd, storeSome } from './vector';

/**
 * `c [n] = a [k] * b [k, n]`, added to `c` when `add`. Groups of eight columns of `c` lie `spread` groups apart; `n` may end within
 * one. The sums over `deep` rows of `b` are made one after the other.
 */
export function rowProduct(
  k: i32,
  deep: i32,
  n: i32,
  a: usize,
  b: usize,
  ldb: i32,
  c: usize,
  spread: i32,
  add: bool,
): void {
  for (let p = 0; p < k; p += deep) {
    const depth = min(deep, k - p);
    const left = a + floats(p);
    const adding = add || p > 0;
    let j = 0;
    for (; j + 32 <= n; j += 32) {
      wide(depth, left, b + floats(p * ldb + j), floats(ldb), c + floats(j * spread), 8 * spread, adding);
    }
    for (; j < n; j += 8) {
      narrow(depth, left, b + floats(p * ldb + j), floats(ldb), c + floats(j * spread), n - j, adding);
    }
  }
}

/** Thirty-two columns: as many sums at a time as hide how long one takes. */
function wide(
  k: i32,
  a: usize,
  b: usize,
  row: usize,
  c: usize,
  group: i32,
  add: bool,
): void {
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let s4 = s0;
  let s5 = s0;
  let s6 = s0;
  let s7 = s0;
  for (const end = a + floats(k); a < end; a += 4) {
    const x = v128.load32_splat(a);
    s0 = multiplyAdd(x, v128.load(b), s0);
    s1 = multiplyAdd(x, v128.load(b, 16), s1);
    s2 = multiplyAdd(x, v128.load(b, 32), s2);
    s3 = multiplyAdd(x, v128.load(b, 48), s3);
    s4 = multiplyAdd(x, v128.load(b, 64), s4);
    s5 = multiplyAdd(x, v128.load(b, 80), s5);
    s6 = multiplyAdd(x, v128.load(b, 96), s6);
    s7 = multiplyAdd(x, v128.load(b, 112), s7);
    b += row;
  }
  put(c, s0, s1, add);
  put(c + floats(group), s2, s3, add);
  put(c + floats(2 * group), s4, s5, add);
  put(c + floats(3 * group), s6, s7, add);
}

// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function put(c: usize, left: v128, right: v128, add: bool): void {
  v128.store(c, add ? f32x4.add(v128.load(c), left) : left);
  v128.store(c, add ? f32x4.add(v128.load(c, 16), right) : right, 16);
}

/** Up to eight columns. */
function narrow(
  k: i32,
  a: usize,
  b: usize,
  row: usize,
  c: usize,
  count: i32,
  add: bool,
): void {
  let left = f32x4.splat(0);
  let right = left;
  for (const end = a + floats(k); a < end; a += 4) {
    const x = v128.load32_splat(a);
    left = multiplyAdd(x, loadSome(b, count), left);
    if (count > 4) right = multiplyAdd(x, loadSome(b + 16, count - 4), right);
    b += row;
  }
  storeSome(c, add ? f32x4.add(loadSome(c, count), left) : left, count);
  if (count <= 4) return;
  storeSome(c + 16, add ? f32x4.add(loadSome(c + 16, count - 4), right) : right, count - 4);
}
