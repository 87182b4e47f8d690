// The gradient of the penalty, which every kernel that reads gradients adds as it goes. A weight is read as a matrix;
// each row and each column has a factor, and the penalty's gradient at an entry is the weight times their sum.
import { floats, loadSome } from './vector';

/** What the factors of columns are added to in a row: its own factor, or without factors of rows the neutral -0. */
// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
export function rowFactor(rows: usize, row: i32): v128 {
  return rows == 0 ? f32x4.splat(-0.0) : v128.load32_splat(rows + floats(row));
}

/** The scalar at an address in four lanes, 1 at address 0. */
// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
export function scaleOf(scale: usize): v128 {
  return scale == 0 ? f32x4.splat(1) : v128.load32_splat(scale);
}

/** Where the factors of columns from `column` on lie; 0 without factors of columns. */
// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
export function factorsAt(columns: usize, column: i32): usize {
  return columns == 0 ? 0 : columns + floats(column);
}

/** {@link loadSome} without a call where `count` is the constant 4. */
// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
export function take(from: usize, count: i32): v128 {
  return count >= 4 ? v128.load(from) : loadSome(from, count);
}

/**
 * `scale * (gradient + weight * (row + column))` of up to four entries of a row, each operation rounded, as the composed
 * form does it. `columns` is 0 or the address of the entries' column factors.
 */
// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
export function penalized(
  gradient: usize,
  weight: v128,
  active: bool,
  row: v128,
  columns: usize,
  scale: v128,
  count: i32,
): v128 {
  let value = take(gradient, count);
  if (active) {
    const factor = columns == 0 ? row : f32x4.add(row, take(columns, count));
    value = f32x4.add(value, f32x4.mul(weight, factor));
  }
  return f32x4.mul(value, scale);
}
