// Copies of blocks within larger arrays, which concatenation and splitting are made of, and zeros. JavaScript goes through shared
// memory byte by byte.
import { floats, loadSome, storeSome } from './vector';

/**
 * Copies `rows` rows of `width` numbers of 32 bits, `fromStep` apart where they lie, `toStep` apart where they go. The two
 * must not overlap.
 */
export function copyRows(
  from: usize,
  fromStep: i32,
  to: usize,
  toStep: i32,
  width: i32,
  rows: i32,
): void {
  if (width == fromStep && width == toStep) {
    memory.copy(to, from, floats(width) * rows);
    return;
  }
  for (let i = 0; i < rows; i++) {
    let j = 0;
    for (; j + 4 <= width; j += 4) v128.store(to + floats(j), v128.load(from + floats(j)));
    if (j < width) storeSome(to + floats(j), loadSome(from + floats(j), width - j), width - j);
    from += floats(fromStep);
    to += floats(toStep);
  }
}

/** Fills memory with zeros. */
export function zeros(to: usize, bytes: usize): void {
  memory.fill(to, 0, bytes);
}
