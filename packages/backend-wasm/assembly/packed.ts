// Products with a right operand that is packed once and used at every step of a sequence.
import { block, blockDepth, clear } from './blocks';
import { packPanels, PANEL } from './pack';
import { ownScratch } from './pool';
import { floats } from './vector';

/** Bytes of a right operand `[k, n]` packed whole. */
export function packedSize(k: i32, n: i32): usize {
  return floats(k * ((n + PANEL - 1) & -PANEL));
}

/** Packs a right operand `[k, n]` whole, for several products with it by {@link gemmPacked}. */
export function pack(b: usize, ldb: i32, transposed: bool, k: i32, n: i32, out: usize): void {
  const deep = blockDepth(k);
  for (let p = 0; p < k; p += deep) {
    const depth = min(deep, k - p);
    packPanels(transposed ? b + floats(p) : b + floats(p * ldb), ldb, transposed, depth, n, out);
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
 * Packs the gate blocks of `b [k, gates * units]` side by side: eight columns of each gate, then the next eight of each,
 * so that a range of units is a range of panels. As wide as {@link gatesWidth}.
 */
export function packGates(
  b: usize,
  ldb: i32,
  k: i32,
  units: i32,
  gates: i32,
  out: usize,
): void {
  const deep = blockDepth(k);
  for (let p = 0; p < k; p += deep) {
    const depth = min(deep, k - p);
    for (let unit = 0; unit < units; unit += PANEL) {
      const columns = min(PANEL, units - unit);
      for (let gate = 0; gate < gates; gate++) {
        packPanels(b + floats(p * ldb + gate * units + unit), ldb, false, depth, columns, out);
        out += floats(depth * PANEL);
      }
    }
  }
}

/**
 * The columns `from .. to - 1` of `c [m, n] = a [m, k] * packed`, on this thread; `from` is a whole number of panels.
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
): void {
  if (k == 0) return clear(c + floats(from), m, to - from, ldc);
  const deep = blockDepth(k);
  for (let p = 0; p < k; p += deep) {
    const depth = min(deep, k - p);
    const panels = packed + floats(depth * from);
    const left = a + floats(p);
    block(m, to - from, depth, left, lda, false, panels, c + floats(from), ldc, p > 0, ownScratch());
    packed += packedSize(depth, n);
  }
}
