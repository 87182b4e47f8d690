// What a cell over sequences is composed of. The driver is written once; TensorFlow.js's tensors and the handles of a native
// library each say how they do these operations.
import type { BinaryOp, UnaryOp } from '@secateur/kernels';

/** A matrix `[rows, columns]` of some library; a number has the shape `[]`. */
export interface Matrix {
  readonly shape: readonly number[];
}

/** The slope of a nonlinearity, taken of its value. */
export type SlopeOp = `${UnaryOp}Slope`;

/**
 * Operations on matrices. Operands of arithmetic may differ in that one has a single row, or is a number. What steps do again and
 * again is prepared once: those functions return functions.
 */
export interface CellOperations<M extends Matrix>
  extends
    Readonly<Record<BinaryOp, (a: M, b: M) => M>>,
    Readonly<Record<UnaryOp | SlopeOp, (x: M) => M>> {
  /** Slopes times something, where one operation does both. */
  readonly timesSlope?: Readonly<Record<SlopeOp, (value: M, by: M) => M>>;
  /**
   * Whether a recurrent bias is added to the input's product where it can be, which all steps share: one operation a step less,
   * and another order of the sum.
   */
  readonly foldsBiases: boolean;
  /**
   * Whether blocks whose sum the equations take and blocks whose recurrent part they take get products of their own: cheaper where
   * cutting a product costs more than a second one.
   */
  readonly separatesParts: boolean;
  /** A matrix full of a number. */
  fill(shape: readonly number[], value: number): M;
  /** Prepares the addition of a row `[1, columns]`. */
  rowAdder(row: M): (to: M) => M;
  /** Prepares the multiplication with a matrix, or with it transposed. It may have no rows: what comes out is zeros. */
  multiplier(matrix: M, transposed?: boolean): (by: M) => M;
  /** The transpose of `a` times `b`. */
  transposedProduct(a: M, b: M): M;
  /** Sums of columns, `[columns]`. */
  sums(x: M): M;
  /** Joins along an axis. */
  join(parts: readonly M[], axis: 0 | 1): M;
  /** Prepares the cut into blocks of columns: so many of equal width, or of these widths. */
  cutter(blocks: number | readonly number[]): (x: M) => M[];
  /** Prepares to take the columns from `start` on. */
  columns(start: number, width: number): (x: M) => M;
  /** Cuts into blocks of as many rows each. */
  rowBlocks(x: M, count: number): M[];
  /** The first rows. */
  firstRows(x: M, count: number): M;
  /** Runs `body` and frees all that it made but what it returns. */
  scope(body: () => (readonly M[])[]): (readonly M[])[];
}
