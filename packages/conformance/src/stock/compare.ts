import type { Output } from './entry.ts';

/** How close values must be. */
export interface Closeness {
  readonly rtol: number;
  readonly atol: number;
  /** Whether the sign of a zero counts. */
  readonly zeroSigns: boolean;
  /** Whether NaN may stand for any number. */
  readonly nanForAny?: boolean;
}

/** Says how what a kernel gave differs from what it should give; undefined when it does not. */
export function difference(
  actual: readonly Output[],
  expected: readonly Output[],
  closeness: Closeness,
): string | undefined {
  if (actual.length !== expected.length) {
    return `expected ${expected.length} outputs, found ${actual.length}`;
  }
  for (const [at, wanted] of expected.entries()) {
    const { shape, dtype, values } = actual[at]!;
    if (shape.join() !== wanted.shape.join()) {
      return `output ${at}: expected the shape [${wanted.shape.join()}], found [${shape.join()}]`;
    }
    if (dtype !== wanted.dtype) return `output ${at}: expected ${wanted.dtype}, found ${dtype}`;
    for (let i = 0; i < wanted.values.length; i++) {
      const [a, b] = [values[i]!, wanted.values[i]!];
      if (!isClose(a, b, closeness)) {
        return `output ${at}, entry ${i} of [${shape.join()}]: expected ${shown(b)}, found ${shown(a)}`;
      }
    }
  }
  return undefined;
}

const shown = (x: number | undefined): string => (Object.is(x, -0) ? '-0' : String(x));

/** Whether a value is of the wanted kind (NaN, an infinity of the same sign) and near it. */
function isClose(actual: number, expected: number, closeness: Closeness): boolean {
  const { rtol, atol, zeroSigns, nanForAny = false } = closeness;
  if (Object.is(actual, expected) || (nanForAny && Number.isNaN(actual))) return true;
  if (!Number.isFinite(actual) || !Number.isFinite(expected)) return false;
  if (zeroSigns && actual === 0 && expected === 0) return false;
  return Math.abs(actual - expected) <= atol + rtol * Math.abs(expected);
}
