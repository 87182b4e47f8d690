// Operands are copied into the order in which the innermost loop reads them: one pass over an operand that is then read
// many times, and the only place that knows whether it is stored transposed.
import { floats } from './vector';

/** Columns of a panel of the right operand: two vectors. */
export const PANEL: i32 = 8;

/** The most rows of a strip of the left operand: with two columns of accumulators they fill the sixteen registers. */
export const STRIP: i32 = 6;

/**
 * Packs the block `[k, n]` of a right operand into panels of eight columns, each `[k][8]`, the last filled with zeros.
 * Element `(p, j)` lies at `b[p * ldb + j]`, or at `b[j * ldb + p]` when stored transposed.
 */
export function packPanels(b: usize, ldb: i32, transposed: bool, k: i32, n: i32, out: usize): void {
  for (let j = 0; j < n; j += PANEL) {
    const columns = min(PANEL, n - j);
    if (columns < PANEL) memory.fill(out, 0, floats(k * PANEL));
    if (transposed) packColumns(b + floats(j * ldb), ldb, columns, k, out);
    else packRows(b + floats(j), ldb, columns, k, out);
    out += floats(k * PANEL);
  }
}

function packRows(from: usize, ldb: i32, columns: i32, k: i32, out: usize): void {
  for (let p = 0; p < k; p++) {
    if (columns == PANEL) {
      v128.store(out, v128.load(from));
      v128.store(out, v128.load(from, 16), 16);
    } else {
      for (let j = 0; j < columns; j++) store<f32>(out + floats(j), load<f32>(from + floats(j)));
    }
    from += floats(ldb);
    out += floats(PANEL);
  }
}

function packColumns(from: usize, ldb: i32, columns: i32, k: i32, out: usize): void {
  let j = 0;
  for (; j + 4 <= columns; j += 4) {
    transposeFour(from + floats(j * ldb), ldb, k, out + floats(j), PANEL);
  }
  for (; j < columns; j++) {
    for (let p = 0; p < k; p++) {
      store<f32>(out + floats(p * PANEL + j), load<f32>(from + floats(j * ldb + p)));
    }
  }
}

/** Writes four rows `[4, count]` as columns: element `(i, p)` to `out[p * stride + i]`. */
function transposeFour(from: usize, ld: i32, count: i32, out: usize, stride: i32): void {
  const row1 = floats(ld);
  const row2 = row1 << 1;
  const row3 = row1 + row2;
  let p = 0;
  for (; p + 4 <= count; p += 4) {
    const a = v128.load(from);
    const b = v128.load(from + row1);
    const c = v128.load(from + row2);
    const d = v128.load(from + row3);
    const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    v128.store(out, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
    v128.store(out + floats(stride), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
    v128.store(out + floats(2 * stride), v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5));
    v128.store(out + floats(3 * stride), v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7));
    from += 16;
    out += floats(4 * stride);
  }
  for (; p < count; p++) {
    store<f32>(out, load<f32>(from));
    store<f32>(out, load<f32>(from + row1), 4);
    store<f32>(out, load<f32>(from + row2), 8);
    store<f32>(out, load<f32>(from + row3), 12);
    from += 4;
    out += floats(stride);
  }
}

/**
 * Packs `rows` rows (1 to 6) of the block `[rows, k]` of a left operand as `[k][rows]`. Element `(i, p)` lies at
 * `a[i * lda + p]`, or at `a[p * lda + i]` when stored transposed.
 */
export function packStrip(
  a: usize,
  lda: i32,
  transposed: bool,
  rows: i32,
  k: i32,
  out: usize,
): void {
  if (transposed) {
    for (let p = 0; p < k; p++) {
      let i = 0;
      for (; i + 4 <= rows; i += 4) v128.store(out + floats(i), v128.load(a + floats(i)));
      for (; i < rows; i++) store<f32>(out + floats(i), load<f32>(a + floats(i)));
      a += floats(lda);
      out += floats(rows);
    }
    return;
  }
  let i = 0;
  for (; i + 4 <= rows; i += 4) transposeFour(a + floats(i * lda), lda, k, out + floats(i), rows);
  for (; i < rows; i++) {
    for (let p = 0; p < k; p++) {
      store<f32>(out + floats(p * rows + i), load<f32>(a + floats(i * lda + p)));
    }
  }
}
