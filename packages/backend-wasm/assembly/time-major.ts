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
