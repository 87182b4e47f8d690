// The kinds of jobs, and which function runs a chunk of each.
import { gemmChunk } from './gemm';
import { backwardChunk } from './lstm-backward';
import { forwardChunk } from './lstm-forward';

/** A matrix product; chunks are ranges of columns or of rows. */
export const GEMM: i32 = 0;
/** One step of an LSTM; chunks are ranges of units. */
export const LSTM_FORWARD: i32 = 1;
/** One step of an LSTM backwards; chunks are ranges of units. */
export const LSTM_BACKWARD: i32 = 2;

/** Runs chunk `chunk` of `chunks` of the current job. */
export function runChunk(kind: i32, chunk: i32, chunks: i32): void {
  switch (kind) {
    case GEMM:
      return gemmChunk(chunk, chunks);
    case LSTM_FORWARD:
      return forwardChunk(chunk, chunks);
    case LSTM_BACKWARD:
      return backwardChunk(chunk, chunks);
  }
}
