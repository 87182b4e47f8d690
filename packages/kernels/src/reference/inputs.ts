import { shown } from '@secateur/input';
import type { Cell } from '../cell/cell.ts';
import { checkNames } from '../cell/check-names.ts';
import { biasNames, checkSizes, weightShapes, type CellSizes } from '../cell/weights.ts';
import { argumentError } from '../error.ts';

/** What a cell reads over whole sequences; all arrays row-major. */
export interface CellInputs extends CellSizes {
  /** Number of sequences. */
  readonly batch: number;
  /** Steps per sequence. */
  readonly time: number;
  /** `[batch, time, input]` */
  readonly x: ArrayLike<number>;
  /** By name, the weights that the cell has: see {@link weightShapes}. Biases that are left out are zeros. */
  readonly weights: Arrays;
  /** By name, the states before the first step, `[batch, units]`; zeros when left out. */
  readonly states?: Arrays;
  /** By name, `[batch, units]`; ones when left out. */
  readonly masks?: Arrays;
  /** By name; their defaults when left out. */
  readonly settings?: Readonly<Record<string, number>>;
  /** The order of the blocks in the weights; the cell's own when left out. */
  readonly order?: string | undefined;
}

/** Arrays by name, some of them left out. */
export type Arrays = Readonly<Record<string, ArrayLike<number> | undefined>>;

/** Checks an array by the shape that it holds. */
export function checkArray(
  caller: string,
  cell: Cell,
  name: string,
  shape: readonly number[],
  value: ArrayLike<number> | undefined,
): void {
  if (value?.length === sizeOf(shape)) return;
  const found = value === undefined ? 'nothing' : `${value.length} numbers`;
  throw argumentError(
    `${caller}: expected ${name} to hold [${shape.join(', ')}], found ${found}; see weightShapes for what ${shown(cell.name)} reads.`,
  );
}

/** Checks sizes, names, settings and the length of every array; throws a {@link KernelError}. */
export function checkInputs(caller: string, cell: Cell, inputs: CellInputs): void {
  const { batch, time, input, units, x, weights, states = {}, masks = {}, depth = 1 } = inputs;
  checkSizes(caller, cell, { batch, time, input, units, depth });
  checkNames({ name: caller, failure: argumentError }, cell, inputs);
  const biases: readonly string[] = Object.values(biasNames(cell));
  checkArray(caller, cell, 'x', [batch, time, input], x);
  for (const [name, shape] of Object.entries(weightShapes(cell, inputs))) {
    if (biases.includes(name) && weights[name] === undefined) continue;
    checkArray(caller, cell, name, shape, weights[name]);
  }
  for (const [name, value] of [...Object.entries(states), ...Object.entries(masks)])
    if (value !== undefined) checkArray(caller, cell, name, [batch, units], value);
}

/** Number of entries of a shape. */
export const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((size, length) => size * length, 1);
