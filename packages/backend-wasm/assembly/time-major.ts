// Sequences come as [batch, time, width]; a step needs its rows of all sequences side by side.
import { floats } from './vector';

/** Copies `[batch, time, width]` to `[time, batch, width]`. */
export function toTimeMajor(from: usize, batch: i32, time: i32, width: i32, to: usize): void {
  const bytes = floats(width);
  for (let b = 0; b < batch; b++) {
    for (let t = 0; t < time; t++) {
      memory.copy(to + bytes * (t * batch + b), from, bytes);
      from += bytes;
    }
  }
}

/** Copies `[time, batch, width]` to `[batch, time, width]`. */
export function toBatchMajor(from: usize, batch: i32, time: i32, width: i32, to: usize): void {
  toTimeMajor(from, time, batch, width, to);
}

/** The output that each step started from, `[time, batch, units]`: `h0`, then `y` of all steps but the last. */
export function previousOutputs(
  h0: usize,
  y: usize,
  batch: i32,
  time: i32,
  units: i32,
  to: usize,
): void {
  const bytes = floats(units);
  memory.copy(to, h0, bytes * batch);
  for (let t = 1; t < time; t++) {
    for (let b = 0; b < batch; b++) {
      memory.copy(to + bytes * (t * batch + b), y + bytes * (b * time + t - 1), bytes);
    }
  }
}
