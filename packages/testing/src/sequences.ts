/** Sequences in float64, and their sizes. */
export interface Sequences {
  /** `[batch, time, input]` */
  readonly x: ArrayLike<number>;
  /** Number of sequences. */
  readonly batch: number;
  /** Steps per sequence. */
  readonly time: number;
  /** Features per step. */
  readonly input: number;
  /** Hidden units. */
  readonly units: number;
}
