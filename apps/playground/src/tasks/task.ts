/** What a network reads in a step of training, and what it should answer at each place. */
export interface Batch {
  /** Symbols `[rows, steps]`, or numbers `[rows, steps, width]`. */
  readonly x: Int32Array | Float32Array;
  /** Symbols or classes `[rows, steps]`, or numbers `[rows, steps, width]`. */
  readonly y: Int32Array | Float32Array;
}

/** Something to learn. */
export interface Task {
  /** How many symbols it may read; without them it reads numbers. */
  readonly symbols?: readonly string[];
  /** Width of what it reads, when that is numbers. */
  readonly width?: number;
  /** Names of the classes it tells apart; without them it answers with numbers, one a place. */
  readonly classes?: readonly string[];
  /** Sequences in a batch. */
  readonly rows: number;
  /** Places in a sequence. */
  readonly steps: number;
  /** The batch of a step of training. */
  batch(step: number): Batch;
  /** What it is measured on, and never trained on. */
  readonly validation: Batch;
}
