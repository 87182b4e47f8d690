/** Inputs and the words that follow them, both `[batch, steps]` row by row. */
export interface Window {
  readonly inputs: Int32Array;
  readonly targets: Int32Array;
  /** Its place in the text, counted from 0. */
  readonly index: number;
}

/** Rows of a text that are read side by side, as truncated backpropagation through time needs them. */
export interface BatchReader {
  /** Number of full windows in one pass. */
  readonly windows: number;
  /** Window `i`. */
  window(i: number): Window;
}

/**
 * Cuts a text into `batch` rows of equal length and walks along all rows at once, `steps` words a window, as the
 * original's PTB reader does: the tail that fills no row or no window is dropped.
 *
 * @throws Error when the text is too short for one window.
 */
export function batchReader(
  ids: Int32Array,
  batch: number,
  steps: number,
  what = 'given',
): BatchReader {
  const rowLength = Math.floor(ids.length / batch);
  const windows = Math.floor((rowLength - 1) / steps);
  if (windows < 1) {
    throw new Error(
      `batchReader: expected at least ${batch * (steps + 1)} words for ${batch} rows of ${steps} steps in the ${what} text, found ${ids.length}; lower --batch or --steps, or give more text.`,
    );
  }
  return {
    windows,
    window(i) {
      const inputs = new Int32Array(batch * steps);
      const targets = new Int32Array(batch * steps);
      for (let row = 0; row < batch; row++) {
        const start = row * rowLength + i * steps;
        inputs.set(ids.subarray(start, start + steps), row * steps);
        targets.set(ids.subarray(start + 1, start + steps + 1), row * steps);
      }
      return { inputs, targets, index: i };
    },
  };
}
