// What a worker does: the chunks of jobs that others share. The module's entry brings it in and nothing here imports it, so that the
// pool and all that share work through it know none of the others.
import { cellBackwardChunk } from './cell-backward';
import { cellForwardChunk } from './cell-forward';
import { gemmChunk } from './gemm';
import { penalizedSquaresPiece, squaredRowsPiece } from './norms-shared';
import {
  crossEntropyChunk,
  crossEntropyGradChunk,
  distilledCrossEntropyChunk,
  sgdStepChunk,
} from './rows-shared';
import { awaitTicket, chunkDone, chunkOf, chunksOf, jobKind } from './pool';
import {
  CELL_BACKWARD,
  CELL_FORWARD,
  CROSS_ENTROPY,
  CROSS_ENTROPY_GRAD,
  DISTILLED_CROSS_ENTROPY,
  GEMM,
  PENALIZED_SQUARES,
  SGD_STEP,
  SQUARED_LINES,
} from './tasks';

/** Serves for as long as the thread lives. */
export function serve(): void {
  while (true) {
    const ticket = awaitTicket();
    runChunk(jobKind(), chunkOf(ticket), chunksOf(ticket));
    chunkDone();
  }
}

/** Runs chunk `chunk` of `chunks` of the current job. */
function runChunk(kind: i32, chunk: i32, chunks: i32): void {
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
      return squaredRowsPiece(chunk, chunks);
    case PENALIZED_SQUARES:
      return penalizedSquaresPiece(chunk, chunks);
    case DISTILLED_CROSS_ENTROPY:
      return distilledCrossEntropyChunk(chunk, chunks);
    case CELL_FORWARD:
      return cellForwardChunk(chunk, chunks);
    case CELL_BACKWARD:
      return cellBackwardChunk(chunk, chunks);
  }
}
