import { foundText } from '@secateur/input';
import { argumentError } from './error.ts';

/** What a number must be at least, or larger than. */
export interface Bound {
  readonly least?: number;
  readonly above?: number;
}

/**
 * Throws unless a value is a finite number within its bound. A text of a number is none: it passes comparisons, and is then
 * joined to others where they should be added.
 */
export function checkNumber(
  where: string,
  name: string,
  value: unknown,
  { least, above }: Bound,
  advice: string,
): void {
  const isWithin =
    typeof value === 'number' &&
    Number.isFinite(value) &&
    (least === undefined || value >= least) &&
    (above === undefined || value > above);
  if (isWithin) return;
  const range = [
    least === undefined ? '' : ` >= ${least}`,
    above === undefined ? '' : ` > ${above}`,
  ];
  throw argumentError(
    `${where}: expected ${name} to be a finite number${range.join('')}, found ${foundText(value)}; ${advice}.`,
  );
}
