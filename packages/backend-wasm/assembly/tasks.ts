// The kinds of jobs, and which function runs a chunk of each.
import { cellBackwardChunk, cellForwardChunk } from './cell-steps';
import { gemmChunk } from './gemm';
import { penalisedSquaresPiece, squaredLinesPiece } from './norms-shared';
import {
  crossEntropyChunk,
  crossEntropyGradChunk,
  distilledCrossEntropyChunk,
  sgdStepChunk,
} from './rows-shared';

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
/** The sum of squares of a penalised gradient. */
export const PENALISED_SQUARES: i32 = 5;
/** Softmax cross-entropy from labels and a teacher. */
export const DISTILLED_CROSS_ENTROPY: i32 = 6;
/** A stage of a step of any cell; chunks are ranges of units. */
export const CELL_FORWARD: i32 = 7;
/** The same backwards. */
export const CELL_BACKWARD: i32 = 8;

/** Runs chunk `chunk` of `chunks` of the current job. */
export function runChunk(kind: i32, chunk: i32, chunks: i32): void {
  switch (kind) {
    case GEMM:
      return gemmChunk(chunk, chunks);
    case CROSS_ENTROPY:
      return crossEntropyChunk(chunk, chunks);
    case CROSS_ENTROPY_GRAD:
      return crossEntropyGradChunk(chunk, chunks);
    case SGD_STEP:
      return sgdStepChunk(chunk, chunks);
    case SQUARED_LINES:
      return squaredLinesPiece(chunk, chunks);
    case PENALISED_SQUARES:
      return penalisedSquaresPiece(chunk, chunks);
    case DISTILLED_CROSS_ENTROPY:
      return distilledCrossEntropyChunk(chunk, chunks);
    case CELL_FORWARD:
      return cellForwardChunk(chunk, chunks);
    case CELL_BACKWARD:
      return cellBackwardChunk(chunk, chunks);
  }
}
