// Matrix products after Goto and van de Geijn (Anatomy of High-Performance Matrix Multiplication, ACM TOMS 2008): blocks
// of both operands are packed so that a panel of the right one stays in the first cache and a block of the left one in
// the second. Every element is summed over k in the same order whatever m, n, the transposes and the threads.
import { packPanels, packStrip, PANEL, STRIP } from './pack';
import { argument, chunksFor, ownScratch, parallel, setArgument } from './pool';
import { GEMM } from './tasks';
import { tile } from './tile';
import { floats } from './vector';

/** Depth of a block: a panel of this depth takes 8 KiB of the first cache. */
const DEPTH: i32 = 256;
/** Rows of a block of the left operand: 123 KiB of the second cache. */
const ROWS: i32 = 120;
/** Columns of a block of the right operand: 1 MiB. */
const COLUMNS: i32 = 1024;

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

/**
 * `c [m, n] = a [m, k] * b [k, n]`, added to `c` when `add`. An operand stored transposed is `[k, m]` or `[n, k]`; `ld`
 * is the distance between its stored rows, in floats. Large products are shared among the threads.
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
): void {
  const chunks = min(chunksFor(<i64>m * n * k), (max(m, n) + 15) >> 4);
  if (chunks <= 1) return product(m, n, k, a, lda, transposeA, b, ldb, transposeB, c, ldc, add);
  setArgument(0, m);
  setArgument(1, n);
  setArgument(2, k);
  setArgument(3, <i32>a);
  setArgument(4, lda);
  setArgument(5, i32(transposeA));
  setArgument(6, <i32>b);
  setArgument(7, ldb);
  setArgument(8, i32(transposeB));
  setArgument(9, <i32>c);
  setArgument(10, ldc);
  setArgument(11, i32(add));
  parallel(GEMM, chunks);
}

/** A range of columns of the current job's product, or of rows where there are more of them. */
export function gemmChunk(chunk: i32, chunks: i32): void {
  let m = argument(0);
  let n = argument(1);
  const k = argument(2);
  let a = <usize>(<u32>argument(3));
  const lda = argument(4);
  const transposeA = argument(5) != 0;
  let b = <usize>(<u32>argument(6));
  const ldb = argument(7);
  const transposeB = argument(8) != 0;
  let c = <usize>(<u32>argument(9));
  const ldc = argument(10);
  const length = max(m, n);
  const from = chunkStart(chunk, chunks, length);
  const size = chunkStart(chunk + 1, chunks, length) - from;
  if (n >= m) {
    b += floats(transposeB ? from * ldb : from);
    c += floats(from);
    n = size;
  } else {
    a += floats(transposeA ? from : from * lda);
    c += floats(from * ldc);
    m = size;
  }
  product(m, n, k, a, lda, transposeA, b, ldb, transposeB, c, ldc, argument(11) != 0);
}

/** Where a chunk of `length` begins: at a whole panel, with chunks of nearly equal size. */
export function chunkStart(chunk: i32, chunks: i32, length: i32): i32 {
  const panels = (length + PANEL - 1) / PANEL;
  return min(length, <i32>((<i64>panels * chunk) / chunks) * PANEL);
}

function product(
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
  const scratch = ownScratch();
  const panels = scratch + leftScratch();
  // With few rows a panel is used once: packed just before, it never leaves the first cache.
  const columnsAtOnce = m <= ROWS ? PANEL : COLUMNS;
  const strips = (m + STRIP - 1) / STRIP;
  for (let p = 0; p < k; p += DEPTH) {
    const depth = min(DEPTH, k - p);
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

/**
 * Packs the four gate blocks of `b [k, 4 units]` side by side: eight columns of each gate, then the next eight of each,
 * so that a range of units is a range of panels. As wide as `4 * units` rounded up to whole panels of each gate.
 */
export function packGates(b: usize, ldb: i32, k: i32, units: i32, out: usize): void {
  for (let p = 0; p < k; p += DEPTH) {
    const depth = min(DEPTH, k - p);
    for (let unit = 0; unit < units; unit += PANEL) {
      const columns = min(PANEL, units - unit);
      for (let gate = 0; gate < 4; gate++) {
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
  for (let p = 0; p < k; p += DEPTH) {
    const depth = min(DEPTH, k - p);
    const panels = packed + floats(depth * from);
    const left = a + floats(p);
    block(m, to - from, depth, left, lda, false, panels, c + floats(from), ldc, p > 0, ownScratch());
    packed += packedSize(depth, n);
  }
}

/** All rows of the left operand, a block of them at a time, times a packed block of the right one. */
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

function clear(c: usize, m: i32, n: i32, ldc: i32): void {
  for (let i = 0; i < m; i++) memory.fill(c + floats(i * ldc), 0, floats(n));
}
