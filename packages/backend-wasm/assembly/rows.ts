// An embedding and its gradient: rows of a table fetched by number, and added back to it.
import { floats, loadSome, storeSome } from './vector';

/** The place of the first of `count` ids that is not in `0 .. limit - 1`; -1 if there is none. */
export function idOutside(ids: usize, count: i32, limit: i32): i32 {
  for (let i = 0; i < count; i++) {
    if (load<u32>(ids + floats(i)) >= <u32>limit) return i;
  }
  return -1;
}

/** Copies the row of `table [.., width]` that each of `count` ids names to `out [count, width]`. */
export function gatherRows(table: usize, ids: usize, count: i32, width: i32, out: usize): void {
  const bytes = floats(width);
  for (let i = 0; i < count; i++) {
    memory.copy(out, table + bytes * load<u32>(ids + floats(i)), bytes);
    out += bytes;
  }
}

/**
 * Writes the rows `from` to `to - 1` of `out [.., width]`: each the sum of those of `x [count, width]` whose id names
 * it, added in the order of `x` whatever the range. Other ids are skipped.
 */
export function scatterRows(
  x: usize,
  ids: usize,
  count: i32,
  width: i32,
  from: i32,
  to: i32,
  out: usize,
): void {
  const bytes = floats(width);
  memory.fill(out + bytes * from, 0, bytes * (to - from));
  for (let i = 0; i < count; i++) {
    const id = load<i32>(ids + floats(i));
    if (id >= from && id < to) addRow(x + bytes * i, width, out + bytes * id);
  }
}

function addRow(x: usize, width: i32, to: usize): void {
  for (let j = 0; j < width; j += 4) {
    const count = width - j;
    const at = to + floats(j);
    storeSome(at, f32x4.add(loadSome(at, count), loadSome(x + floats(j), count)), count);
  }
}
