// The kinds of jobs by which a worker knows what the chunk is that it took; `serve.ts` has their functions. Nothing is imported
// here, as those who share jobs import it.

/** A matrix product; chunks are ranges of columns or of rows. */
export const GEMM: i32 = 0;
/** The softmax loss; chunks are ranges of rows, as in those that follow. */
export const CROSS_ENTROPY: i32 = 1;
/** The gradient of the softmax loss. */
export const CROSS_ENTROPY_GRAD: i32 = 2;
/** A step of gradient descent. */
export const SGD_STEP: i32 = 3;
/** Sums of squares of rows and columns. */
export const SQUARED_LINES: i32 = 4;
/** The sum of squares of a penalized gradient. */
export const PENALIZED_SQUARES: i32 = 5;
/** Softmax cross-entropy from labels and a teacher. */
export const DISTILLED_CROSS_ENTROPY: i32 = 6;
/** A stage of a step of any cell; chunks are ranges of units. */
export const CELL_FORWARD: i32 = 7;
/** The same backwards. */
export const CELL_BACKWARD: i32 = 8;
