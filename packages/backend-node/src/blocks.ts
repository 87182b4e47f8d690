// Elementwise work on large weights in blocks of rows. An operation of TensorFlow's makes a whole new tensor, so that a
// dozen of them read and write a weight of tens of megabytes a dozen times, in memory that the system has to clear
// first. On a block that fits the cache only the first read and the last write go to memory.
import type { Handle } from './native-backend.ts';
import type { Operations } from './operations.ts';

/** Entries of a block: 128 KiB, of which a few are in use at a time. Twice or four times as many took longer. */
const BLOCK = 1 << 15;

/** A block of rows of everything that a computation reads. */
export interface Block {
  /** The block of each matrix, `[rows, columns]`. */
  readonly matrices: readonly Handle[];
  /** The block of the factors of rows, `[rows, 1]`, if there are any. */
  readonly rows: Handle | undefined;
  /** For each of some numbers a matrix full of it, as reading one is faster than broadcasting the number. */
  readonly filled: readonly Handle[];
}

/**
 * Runs `body` on one block of rows after the other of matrices of `shape`, and returns what it returned for each. Each
 * result is a list of handles; what else `body` makes is deleted after each block. A block has at most `entries` entries, and at
 * least a row.
 */
export function inBlocks(
  ops: Operations,
  shape: readonly [rows: number, columns: number],
  matrices: readonly Handle[],
  rowFactors: Handle | undefined,
  numbers: readonly number[],
  body: (block: Block) => Handle[],
  entries: number = BLOCK,
): Handle[][] {
  const [rows, columns] = shape;
  const height = heightOf(columns, entries);
  const fill = (count: number): Handle[] =>
    numbers.map((number) =>
      ops.constant([count, columns], new Float32Array(count * columns).fill(number)),
    );
  if (rows <= height) return [body({ matrices, rows: rowFactors, filled: fill(rows) })];

  const filled = fill(height);
  const results: Handle[][] = [];
  for (let row = 0; row < rows; row += height) {
    const count = Math.min(height, rows - row);
    results.push(
      ops.scope(() => {
        const begin = ops.constant([2], Int32Array.of(row, 0));
        const cut = (x: Handle, width: number): Handle =>
          ops.slice(x, begin, ops.constant([2], Int32Array.of(count, width)));
        return body({
          matrices: matrices.map((matrix) => cut(matrix, columns)),
          rows: rowFactors === undefined ? undefined : cut(rowFactors, 1),
          filled: count === height ? filled : fill(count),
        });
      }),
    );
  }
  return results;
}

/** Joins one of the results of {@link inBlocks} of all blocks. */
export function joined(ops: Operations, blocks: readonly Handle[][], at: number): Handle {
  return ops.concat(
    blocks.map((block) => block[at]!),
    0,
  );
}

/** Rows of a block. A slice that starts and ends on 64 bytes is no copy, and 16 rows of floats always do. */
function heightOf(columns: number, entries: number): number {
  const height = Math.max(1, Math.floor(entries / Math.max(1, columns)));
  const multiple = height >= 16 ? 16 : height >= 4 ? 4 : 1;
  return height - (height % multiple);
}
