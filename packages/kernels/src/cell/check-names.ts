import type { Cell } from './cell.ts';
import { weightBlocks } from './weights.ts';

/** What a cell reads, by name. */
export interface GivenNames {
  /** Weights. */
  readonly weights?: object | undefined;
  /** States. */
  readonly states?: object | undefined;
  /** Masks. */
  readonly masks?: object | undefined;
  /** Settings. */
  readonly settings?: Readonly<Record<string, number>> | undefined;
}

/**
 * Checks the names of what a cell is given, and that settings are finite numbers: under a name that the cell does not know
 * a value would have no effect.
 *
 * @throws what `failure` makes of a message that begins with `name`.
 *
 * @example
 * ```ts
 * import { checkNames, lstmCell } from '@secateur/kernels';
 *
 * const caller = { name: 'myLayer', failure: (message: string) => new RangeError(message) };
 * checkNames(caller, lstmCell, { states: { c: [1] }, settings: { forgetBias: 1 } });
 * let message = '';
 * try {
 *   checkNames(caller, lstmCell, { settings: { forgetBais: 1 } });
 * } catch (error) {
 *   message = String(error);
 * }
 * message; // => RangeError: myLayer: expected settings to be forgetBias, found "forgetBais"; leave it out.
 * ```
 */
export function checkNames(
  caller: { readonly name: string; readonly failure: (message: string) => Error },
  cell: Cell,
  given: GivenNames,
): void {
  const known = {
    weights: Object.keys(weightBlocks(cell)),
    states: cell.states,
    masks: cell.masks,
    settings: Object.keys(cell.settings),
  };
  for (const [kind, names] of Object.entries(known)) {
    const other = Object.keys(given[kind as keyof GivenNames] ?? {}).find(
      (name) => !names.includes(name),
    );
    if (other === undefined) continue;
    throw caller.failure(
      `${caller.name}: expected ${kind} to be ${names.length === 0 ? 'none' : names.join(', ')}, found "${other}"; leave it out.`,
    );
  }
  for (const [name, value] of Object.entries(given.settings ?? {})) {
    if (Number.isFinite(value)) continue;
    throw caller.failure(
      `${caller.name}: expected ${name} to be a finite number, found ${String(value)}; leave it out for the default of "${cell.name}".`,
    );
  }
}
