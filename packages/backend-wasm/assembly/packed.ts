// Products with a right operand that is packed once and used at every step of a sequence.
import { block, blockDepth, clear } from './blocks';
import { packPanels, PANEL } from './pack';
import { ownScratch } from './pool';
import { floats } from './vector';

/** Bytes of a right operand `[k, n]` packed whole. */
export function packedSize(k: i32, n: i32): usize {
  return floats(k * ((n + PANEL - 1) & -PANEL));
}

/**
 * Packs a right operand `[k, n]` for several products with it by {@link gemmPacked}: its columns `from .. to - 1`, where `from` is a
 * whole number of panels.
 */
export function packPart(
  b: usize,
  ldb: i32,
  transposed: bool,
  k: i32,
  n: i32,
  from: i32,
  to: i32,
  out: usize,
): void {
  const deep = blockDepth(k);
  for (let p = 0; p < k; p += deep) {
    const depth = min(deep, k - p);
    const first = transposed ? b + floats(from * ldb + p) : b + floats(p * ldb + from);
    packPanels(first, ldb, transposed, depth, to - from, out + floats(depth * from));
    out += packedSize(depth, n);
  }
}

/** Columns of some gates packed side by side in whole panels. */
// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
export function gatesWidth(units: i32, gates: i32): i32 {
  return gates * ((units + PANEL - 1) & -PANEL);
}

/**
 * The columns `from .. to - 1` of `c [m, n] = a [m, k] * packed`, added to `c` when `add`, on this thread; `from` is a
 * whole number of panels.
 */
export function gemmPacked(
  m: i32,
  n: i32,
  k: i32,
  from: i32,
  to: i32,
  a: usize,
  lda: i32,
  packed: usize,
  c: usize,
  ldc: i32,
  add: bool,
): void {
  if (k == 0 && !add) return clear(c + floats(from), m, to - from, ldc);
  const deep = blockDepth(k);
  for (let p = 0; p < k; p += deep) {
    const depth = min(deep, k - p);
    const panels = packed + floats(depth * from);
    const left = a + floats(p);
    const out = c + floats(from);
    block(m, to - from, depth, left, lda, false, panels, out, ldc, add || p > 0, ownScratch());
    packed += packedSize(depth, n);
  }
}
