import { shown } from '@secateur/input';
import type { Caller } from './check.ts';
import type { AttributeKind, KernelContract } from './contract.ts';

/**
 * Checks the attributes of a call against their contract. Backends make different things of a number that is missing or NaN.
 *
 * @throws the caller's error, which names the attribute, what was expected and what was found.
 *
 * @example
 * ```ts
 * import { checkAttributes, contracts } from '@secateur/backend/kernels';
 *
 * const caller = { name: 'myStep', failure: (message: string) => new RangeError(message) };
 * let message = '';
 * try {
 *   checkAttributes(caller, contracts.SgdStep, { learningRate: 0.1, threshold: -1 });
 * } catch (error) {
 *   message = String(error);
 * }
 * message; // => RangeError: myStep: expected threshold to be a finite number from 0, found -1; pass one.
 * ```
 */
export function checkAttributes(
  caller: Caller,
  { attributes = {} }: KernelContract,
  actual: object,
): void {
  for (const name in attributes) {
    const kind = attributes[name]!;
    const value = (actual as Readonly<Record<string, unknown>>)[name];
    if (fits(kind, value)) continue;
    throw caller.failure(
      `${caller.name}: expected ${name} to be ${inWords(kind)}, found ${shown(value)}; pass one.`,
    );
  }
}

function fits(kind: AttributeKind, value: unknown): boolean {
  if (kind === 'other') return true;
  if (typeof kind !== 'string') return kind.includes(value as string);
  if (typeof value !== 'number' || !Number.isFinite(value)) return false;
  if (kind === 'finite') return true;
  return kind === 'above 0' ? value > 0 : value >= 0 && (kind === 'from 0' || value <= 1);
}

function inWords(kind: AttributeKind): string {
  if (typeof kind !== 'string') return `one of ${kind.join(', ')}`;
  return kind === 'finite' ? 'a finite number' : `a finite number ${kind}`;
}
