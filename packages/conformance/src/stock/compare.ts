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
  found: readonly Output[],
  expected: readonly Output[],
  closeness: Closeness,
): string | undefined {
  if (found.length !== expected.length) {
    return `expected ${expected.length} outputs, found ${found.length}`;
  }
  for (const [at, wanted] of expected.entries()) {
    const { shape, dtype, values } = found[at]!;
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
function isClose(found: number, wanted: number, closeness: Closeness): boolean {
  const { rtol, atol, zeroSigns, nanForAny = false } = closeness;
  if (Object.is(found, wanted) || (nanForAny && Number.isNaN(found))) return true;
  if (!Number.isFinite(found) || !Number.isFinite(wanted)) return false;
  if (zeroSigns && found === 0 && wanted === 0) return false;
  return Math.abs(found - wanted) <= atol + rtol * Math.abs(wanted);
}
