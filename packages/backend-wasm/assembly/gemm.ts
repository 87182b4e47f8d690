// Matrix products after Goto and van de Geijn (Anatomy of High-Performance Matrix Multiplication, ACM TOMS 2008): blocks
// of both operands are packed so that a panel of the right one stays in the first cache and a block of the left one in
// the second. Every element is summed over k in the same order whatever m, n and the transposes.
import { packPanels, packStrip, PANEL, STRIP } from './pack';
import { tile } from './tile';
import { floats } from './vector';

/** Depth of a block: a panel of this depth takes 8 KiB of the first cache. */
const DEPTH: i32 = 256;
/** Rows of a block of the left operand: 123 KiB of the second cache. */
const ROWS: i32 = 120;
/** Columns of a block of the right operand: 1 MiB. */
const COLUMNS: i32 = 1024;

/** Bytes of scratch space that {@link gemm} and {@link gemmPacked} need, 16-aligned. */
export function gemmScratch(): usize {
  return leftScratch() + floats(DEPTH * COLUMNS);
}

// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function leftScratch(): usize {
  // The last strip's vectors may be written past its rows, and a tile with few columns is computed aside.
  return floats(DEPTH * ROWS + STRIP * PANEL + 16);
}

/**
 * `c [m, n] = a [m, k] * b [k, n]`, added to `c` when `add`. An operand stored transposed is `[k, m]` or `[n, k]`; `ld`
 * is the distance between its stored rows, in floats. `scratch` is {@link gemmScratch} bytes.
 */
export function gemm(
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  lda: i32,
  transposeA: bool,
  b: usize,
  ldb: i32,
  transposeB: bool,
  c: usize,
  ldc: i32,
  add: bool,
  scratch: usize,
): void {
  if (k == 0 && !add) return clear(c, m, n, ldc);
  const panels = scratch + leftScratch();
  for (let j = 0; j < n; j += COLUMNS) {
    const columns = min(COLUMNS, n - j);
    for (let p = 0; p < k; p += DEPTH) {
      const depth = min(DEPTH, k - p);
      const from = transposeB ? b + floats(j * ldb + p) : b + floats(p * ldb + j);
      packPanels(from, ldb, transposeB, depth, columns, panels);
      const left = transposeA ? a + floats(p * lda) : a + floats(p);
      block(m, columns, depth, left, lda, transposeA, panels, c + floats(j), ldc, add || p > 0, scratch);
    }
  }
}

/** Bytes of a right operand `[k, n]` packed whole. */
export function packedSize(k: i32, n: i32): usize {
  return floats(k * ((n + PANEL - 1) & -PANEL));
}

/** Packs a right operand `[k, n]` whole, for several products with it by {@link gemmPacked}. */
export function pack(b: usize, ldb: i32, transposed: bool, k: i32, n: i32, out: usize): void {
  for (let p = 0; p < k; p += DEPTH) {
    const depth = min(DEPTH, k - p);
    packPanels(transposed ? b + floats(p) : b + floats(p * ldb), ldb, transposed, depth, n, out);
    out += packedSize(depth, n);
  }
}

/** {@link gemm} with a right operand that {@link pack} has packed. */
export function gemmPacked(
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  lda: i32,
  packed: usize,
  c: usize,
  ldc: i32,
  add: bool,
  scratch: usize,
): void {
  if (k == 0 && !add) return clear(c, m, n, ldc);
  for (let p = 0; p < k; p += DEPTH) {
    const depth = min(DEPTH, k - p);
    block(m, n, depth, a + floats(p), lda, false, packed, c, ldc, add || p > 0, scratch);
    packed += packedSize(depth, n);
  }
}

/** All rows of the left operand times a packed block of the right one. */
function block(
  m: i32,
  n: i32,
  depth: i32,
  a: usize,
  lda: i32,
  transposed: bool,
  panels: usize,
  c: usize,
  ldc: i32,
  add: bool,
  scratch: usize,
): void {
  const aside = scratch + floats(DEPTH * ROWS + 8);
  // Strips of nearly equal height: 20 rows are four strips of five, not three of six and a rest of two.
  const strips = (m + STRIP - 1) / STRIP;
  const group = ROWS / STRIP;
  for (let first = 0; first < strips; first += group) {
    const last = min(first + group, strips);
    let strip = scratch;
    for (let s = first; s < last; s++) {
      const row = rowOf(s, strips, m);
      const rows = rowOf(s + 1, strips, m) - row;
      const from = transposed ? a + floats(row) : a + floats(row * lda);
      packStrip(from, lda, transposed, rows, depth, strip);
      strip += floats(rows * depth);
    }
    let panel = panels;
    for (let j = 0; j < n; j += PANEL) {
      strip = scratch;
      for (let s = first; s < last; s++) {
        const row = rowOf(s, strips, m);
        const rows = rowOf(s + 1, strips, m) - row;
        const to = c + floats(row * ldc + j);
        if (n - j >= PANEL) {
          tile(rows, strip, panel, depth, to, ldc, add);
        } else {
          tile(rows, strip, panel, depth, aside, PANEL, false);
          narrow(rows, n - j, aside, to, ldc, add);
        }
        strip += floats(rows * depth);
      }
      panel += floats(depth * PANEL);
    }
  }
}

// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function rowOf(strip: i32, strips: i32, m: i32): i32 {
  return <i32>((<i64>strip * m) / strips);
}

/** Moves the columns of a tile that exist to `c`. */
function narrow(rows: i32, columns: i32, from: usize, c: usize, ldc: i32, add: bool): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const to = c + floats(i * ldc + j);
      const value = load<f32>(from + floats(i * PANEL + j));
      store<f32>(to, add ? load<f32>(to) + value : value);
    }
  }
}

function clear(c: usize, m: i32, n: i32, ldc: i32): void {
  for (let i = 0; i < m; i++) memory.fill(c + floats(i * ldc), 0, floats(n));
}
