// Matrix products, shared among the threads by ranges of columns or rows.
import { product } from './blocks';
import { PANEL } from './pack';
import { argument, chunksFor, nextChunk, offer, setArgument } from './pool';
import { GEMM } from './tasks';
import { floats } from './vector';

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
  for (let chunk = offer(GEMM, chunks); chunk >= 0; chunk = nextChunk()) gemmChunk(chunk, chunks);
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

/** How many ranges of units to cut so many multiply-adds of a step into: each begins at a whole panel. */
export function unitChunks(work: i64, units: i32): i32 {
  return max(1, min(chunksFor(work), (units + PANEL - 1) / PANEL));
}
