// Norms shared among the threads by pieces of rows. How many pieces depends on the sizes alone, and what they give is added
// in their order, so that a norm has the same bits whatever the number of threads.
import { penalizedSquares, squaredRowsAndColumns } from './norms';
import { argument, nextChunk, offer, setArgument } from './pool';
import { PENALIZED_SQUARES, SQUARED_LINES } from './tasks';

/** Entries of a piece: some 15 microseconds of work, a few times what it costs to hand it to another thread. */
const PIECE: i32 = 32768;

// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function address(index: i32): usize {
  return <usize>(<u32>argument(index));
}

// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function doubles(count: i32): usize {
  return (<usize>count) << 3;
}

/** The first row of a piece of `rows` rows, a multiple of four. */
// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function pieceStart(piece: i32, pieces: i32, rows: i32): i32 {
  return piece == pieces ? rows : <i32>((<i64>rows * piece) / pieces) & -4;
}

/** In how many pieces {@link sharedSquaredRowsAndColumns} cuts a matrix: few, as each sums up the columns for itself. */
export function rowPieces(rows: i32, width: i32): i32 {
  return <i32>max(1, min(8, (<i64>rows * width) / (2 * PIECE)));
}

/**
 * Writes the sum of squares of each row of `x [rows, width]` to `perRow [rows]` and, unless `perColumn` is 0, that of
 * each column to its first `width` numbers; it has room for `width` numbers a piece. Both are float64.
 */
export function sharedSquaredRowsAndColumns(
  x: usize,
  rows: i32,
  width: i32,
  perRow: usize,
  perColumn: usize,
): void {
  const pieces = rowPieces(rows, width);
  setArgument(0, <i32>x);
  setArgument(1, rows);
  setArgument(2, width);
  setArgument(3, <i32>perRow);
  setArgument(4, <i32>perColumn);
  for (let piece = offer(SQUARED_LINES, pieces); piece >= 0; piece = nextChunk()) {
    squaredRowsPiece(piece, pieces);
  }
  if (perColumn == 0) return;
  for (let piece = 1; piece < pieces; piece++) {
    const own = perColumn + doubles(piece * width);
    for (let j = 0; j < width; j++) {
      const place = perColumn + doubles(j);
      store<f64>(place, load<f64>(place) + load<f64>(own + doubles(j)));
    }
  }
}

/** A piece of the current job. */
export function squaredRowsPiece(piece: i32, pieces: i32): void {
  const rows = argument(1);
  const width = argument(2);
  let perColumn = address(4);
  if (perColumn != 0) {
    perColumn += doubles(piece * width);
    memory.fill(perColumn, 0, doubles(width));
  }
  const from = pieceStart(piece, pieces, rows);
  squaredRowsAndColumns(address(0), from, pieceStart(piece + 1, pieces, rows), width, address(3), perColumn);
}

/** In how many pieces {@link sharedPenalizedSquares} cuts a gradient of `size` entries. */
export function squarePieces(size: i32): i32 {
  return max(1, min(64, size / PIECE));
}

/**
 * {@link penalizedSquares} of a whole gradient `[rows, width]`, with room for a float64 a piece at `partial`; without
 * factors it is read as one long column.
 */
export function sharedPenalizedSquares(
  rows: i32,
  width: i32,
  gradient: usize,
  weight: usize,
  rowFactors: usize,
  columnFactors: usize,
  partial: usize,
): f64 {
  const flat = rowFactors == 0 && columnFactors == 0;
  const pieces = squarePieces(rows * width);
  setArgument(0, flat ? rows * width : rows);
  setArgument(1, flat ? 1 : width);
  setArgument(2, <i32>gradient);
  setArgument(3, <i32>weight);
  setArgument(4, <i32>rowFactors);
  setArgument(5, <i32>columnFactors);
  setArgument(6, <i32>partial);
  for (let piece = offer(PENALIZED_SQUARES, pieces); piece >= 0; piece = nextChunk()) {
    penalizedSquaresPiece(piece, pieces);
  }
  let total: f64 = 0;
  for (let piece = 0; piece < pieces; piece++) total += load<f64>(partial + doubles(piece));
  return total;
}

/** A piece of the current job. */
export function penalizedSquaresPiece(piece: i32, pieces: i32): void {
  const rows = argument(0);
  const from = pieceStart(piece, pieces, rows);
  const to = pieceStart(piece + 1, pieces, rows);
  const squares = penalizedSquares(
    from,
    to,
    argument(1),
    address(2),
    address(3),
    address(4),
    address(5),
  );
  store<f64>(address(6) + doubles(piece), squares);
}
