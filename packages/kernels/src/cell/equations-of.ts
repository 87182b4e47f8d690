import type { Cell } from './cell.ts';

const known = new WeakMap<Cell, string>();

/**
 * The equations of a cell as text: equal for cells that differ in nothing but their names and the orders of other frameworks. It is
 * written once for each cell, so that a kernel may ask for it at every call.
 *
 * @example
 * ```ts
 * import { equationsOf, lstmCell } from '@secateur/kernels';
 *
 * const renamed = { ...lstmCell, name: 'my lstm', orders: {} };
 * equationsOf(renamed) === equationsOf(lstmCell); // => true
 * const biased = { ...lstmCell, settings: { forgetBias: 1 } };
 * equationsOf(biased) === equationsOf(lstmCell); // => false
 * ```
 */
export function equationsOf(cell: Cell): string {
  const text = known.get(cell) ?? write(cell);
  known.set(cell, text);
  return text;
}

const write = ({ name: _, orders: __, ...equations }: Cell): string => JSON.stringify(equations);
