// Matrix products on one thread, after Goto and van de Geijn (Anatomy of High-Performance Matrix Multiplication, ACM TOMS
// 2008): blocks of both operands are packed so that a panel of the right one stays in the first cache and a block of the
// left one in the second. Every element is summed over k in the same order whatever m, n and the transposes.
import { packPanels, packStrip, PANEL, STRIP } from './pack';
import { ownScratch } from './pool';
import { rowProduct } from './row-product';
import { tile } from './tile';
import { floats } from './vector';

/** The greatest depth of a block. The deeper, the fewer times `c` is read and written; a panel takes 24 KiB. */
const DEPTH: i32 = 768;
/** Rows of a block of the left operand: few, so that the rows of `c` they belong to stay in the first cache. */
const ROWS: i32 = 24;
/** Columns of a block of the right operand: 768 KiB of the second cache. */
const COLUMNS: i32 = 256;

/** Bytes of scratch space that each thread needs, 16-aligned. */
export function gemmScratch(): usize {
  return leftScratch() + floats(DEPTH * COLUMNS);
}

// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function leftScratch(): usize {
  // The last strip's vectors may be written past its rows, and a tile with few columns is computed aside.
  return floats(DEPTH * ROWS + STRIP * PANEL + 16);
}

/** The depth of the blocks in which `k` is cut: all nearly equal, as a thin rest would cost a pass over `c` of its own. */
export function blockDepth(k: i32): i32 {
  const passes = max(1, (k + DEPTH - 1) / DEPTH);
  return (k + passes - 1) / passes;
}

/** {@link gemm} on this thread. */
export function product(
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
): void {
  if (k == 0 && !add) return clear(c, m, n, ldc);
  // What is read once is not packed: a matrix that a single row reads, or a single row that each row reads.
  if (!transposeB && (k == 1 || (m == 1 && !transposeA))) {
    for (let i = 0; i < m; i++) {
      const row = a + floats(transposeA ? i : i * lda);
      rowProduct(k, blockDepth(k), n, row, b, ldb, c + floats(i * ldc), 1, add);
    }
    return;
  }
  const scratch = ownScratch();
  const panels = scratch + leftScratch();
  // With few rows a panel is used once: packed just before, it never leaves the first cache.
  const columnsAtOnce = m <= ROWS ? PANEL : COLUMNS;
  const strips = (m + STRIP - 1) / STRIP;
  const deep = blockDepth(k);
  for (let p = 0; p < k; p += deep) {
    const depth = min(deep, k - p);
    const left = transposeA ? a + floats(p * lda) : a + floats(p);
    const right = transposeB ? b + floats(p) : b + floats(p * ldb);
    const adding = add || p > 0;
    if (m <= ROWS) packStrips(m, 0, strips, depth, left, lda, transposeA, scratch);
    for (let j = 0; j < n; j += columnsAtOnce) {
      const columns = min(columnsAtOnce, n - j);
      const from = right + floats(transposeB ? j * ldb : j);
      packPanels(from, ldb, transposeB, depth, columns, panels);
      const to = c + floats(j);
      if (m <= ROWS) multiplyStrips(m, 0, strips, columns, depth, panels, to, ldc, adding, scratch);
      else block(m, columns, depth, left, lda, transposeA, panels, to, ldc, adding, scratch);
    }
  }
}

/** All rows of the left operand, a block of them at a time, times a packed block of the right one. */
export function block(
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
  // Strips of nearly equal height: 20 rows are four strips of five, not three of six and a rest of two.
  const strips = (m + STRIP - 1) / STRIP;
  const group = ROWS / STRIP;
  for (let first = 0; first < strips; first += group) {
    const last = min(first + group, strips);
    packStrips(m, first, last, depth, a, lda, transposed, scratch);
    multiplyStrips(m, first, last, n, depth, panels, c, ldc, add, scratch);
  }
}

/** Packs the strips `first .. last - 1` of `m` rows one after the other. */
function packStrips(
  m: i32,
  first: i32,
  last: i32,
  depth: i32,
  a: usize,
  lda: i32,
  transposed: bool,
  out: usize,
): void {
  const strips = (m + STRIP - 1) / STRIP;
  for (let s = first; s < last; s++) {
    const row = rowOf(s, strips, m);
    const rows = rowOf(s + 1, strips, m) - row;
    const from = transposed ? a + floats(row) : a + floats(row * lda);
    packStrip(from, lda, transposed, rows, depth, out);
    out += floats(rows * depth);
  }
}

/** Packed strips `first .. last - 1` of `m` rows times packed panels. */
function multiplyStrips(
  m: i32,
  first: i32,
  last: i32,
  n: i32,
  depth: i32,
  panel: usize,
  c: usize,
  ldc: i32,
  add: bool,
  scratch: usize,
): void {
  const aside = scratch + floats(DEPTH * ROWS + 8);
  const strips = (m + STRIP - 1) / STRIP;
  for (let j = 0; j < n; j += PANEL) {
    let from = scratch;
    for (let s = first; s < last; s++) {
      const row = rowOf(s, strips, m);
      const rows = rowOf(s + 1, strips, m) - row;
      const to = c + floats(row * ldc + j);
      if (n - j >= PANEL) {
        tile(rows, from, panel, depth, to, ldc, add);
      } else {
        tile(rows, from, panel, depth, aside, PANEL, false);
        narrow(rows, n - j, aside, to, ldc, add);
      }
      from += floats(rows * depth);
    }
    panel += floats(depth * PANEL);
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

/** Sets `c [m, n]` to zero. */
export function clear(c: usize, m: i32, n: i32, ldc: i32): void {
  for (let i = 0; i < m; i++) memory.fill(c + floats(i * ldc), 0, floats(n));
}
