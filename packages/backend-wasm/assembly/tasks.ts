// The kinds of jobs, and which function runs a chunk of each.
import { cellBackwardChunk, cellForwardChunk } from './cell-steps';
import { gemmChunk } from './gemm';
import { gruCandidateChunk, gruGatesChunk, gruStepChunk } from './gru-forward';
import { gruResetBackChunk, gruStateBackChunk, gruStepBackChunk } from './gru-steps-back';
import { backwardChunk } from './lstm-backward';
import { forwardChunk } from './lstm-forward';
import { penalisedSquaresPiece, squaredLinesPiece } from './norms-shared';
import { rhnBackwardChunk } from './rhn-backward';
import { rhnForwardChunk } from './rhn-forward';
import {
  crossEntropyChunk,
  crossEntropyGradChunk,
  distilledCrossEntropyChunk,
  sgdStepChunk,
} from './rows-shared';

/** A matrix product; chunks are ranges of columns or of rows. */
export const GEMM: i32 = 0;
/** One step of an LSTM; chunks are ranges of units. */
export const LSTM_FORWARD: i32 = 1;
/** One step of an LSTM backwards; chunks are ranges of units. */
export const LSTM_BACKWARD: i32 = 2;
/** The softmax loss; chunks are ranges of rows, as in those that follow. */
export const CROSS_ENTROPY: i32 = 3;
/** The gradient of the softmax loss. */
export const CROSS_ENTROPY_GRAD: i32 = 4;
/** A step of gradient descent. */
export const SGD_STEP: i32 = 5;
/** Sums of squares of rows and columns. */
export const SQUARED_LINES: i32 = 6;
/** The sum of squares of a penalised gradient. */
export const PENALISED_SQUARES: i32 = 7;
/** One depth of one step of an RHN; chunks are ranges of units. */
export const RHN_FORWARD: i32 = 8;
/** One depth of one step of an RHN backwards; chunks are ranges of units. */
export const RHN_BACKWARD: i32 = 9;
/** One step of a GRU whose reset gate weighs a product; chunks are ranges of units, as in those that follow. */
export const GRU_STEP: i32 = 10;
/** Update and reset gates of one step of a GRU whose reset gate weighs the state. */
export const GRU_GATES: i32 = 11;
/** Candidates and outputs of the same. */
export const GRU_CANDIDATE: i32 = 12;
/** One step backwards of a GRU whose reset gate weighs a product. */
export const GRU_STEP_BACK: i32 = 13;
/** One step backwards, but for the reset gates, of a GRU whose reset gate weighs the state. */
export const GRU_STATE_BACK: i32 = 14;
/** The reset gates of the same. */
export const GRU_RESET_BACK: i32 = 15;
/** Softmax cross-entropy from labels and a teacher; chunks are ranges of rows. */
export const DISTILLED_CROSS_ENTROPY: i32 = 16;
/** A stage of a step of any cell; chunks are ranges of units. */
export const CELL_FORWARD: i32 = 17;
/** The same backwards. */
export const CELL_BACKWARD: i32 = 18;

/** Runs chunk `chunk` of `chunks` of the current job. */
export function runChunk(kind: i32, chunk: i32, chunks: i32): void {
  switch (kind) {
    case GEMM:
      return gemmChunk(chunk, chunks);
    case LSTM_FORWARD:
      return forwardChunk(chunk, chunks);
    case LSTM_BACKWARD:
      return backwardChunk(chunk, chunks);
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
    case RHN_FORWARD:
      return rhnForwardChunk(chunk, chunks);
    case RHN_BACKWARD:
      return rhnBackwardChunk(chunk, chunks);
    case GRU_STEP:
      return gruStepChunk(chunk, chunks);
    case GRU_GATES:
      return gruGatesChunk(chunk, chunks);
    case GRU_CANDIDATE:
      return gruCandidateChunk(chunk, chunks);
    case GRU_STEP_BACK:
      return gruStepBackChunk(chunk, chunks);
    case GRU_STATE_BACK:
      return gruStateBackChunk(chunk, chunks);
    case GRU_RESET_BACK:
      return gruResetBackChunk(chunk, chunks);
    case DISTILLED_CROSS_ENTROPY:
      return distilledCrossEntropyChunk(chunk, chunks);
    case CELL_FORWARD:
      return cellForwardChunk(chunk, chunks);
    case CELL_BACKWARD:
      return cellBackwardChunk(chunk, chunks);
  }
}
