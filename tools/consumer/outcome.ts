import { isDeepStrictEqual } from 'node:util';

const expected = {
  backend: 'wasm',
  cellFits: true,
  sizes: { h1: 4 },
  lossFell: true,
  restored: true,
};

/** What is wrong with the last line that `uses-every-package.mjs` printed; nothing, where all the packages worked. */
export function faultsOfOutcome(line: string): string[] {
  let outcome: unknown;
  try {
    outcome = JSON.parse(line);
  } catch {
    return [`expected a line of JSON, found "${line}"`];
  }
  const { maxAbsDiff, ...rest } = outcome as Record<string, unknown>;
  const faults: string[] = [];
  if (!isDeepStrictEqual(rest, expected)) {
    faults.push(`expected ${JSON.stringify(expected)}, found ${JSON.stringify(rest)}`);
  }
  // Pruning dead components changes no output beyond the rounding of float32.
  if (typeof maxAbsDiff !== 'number' || !(maxAbsDiff < 1e-5)) {
    faults.push(`expected a maxAbsDiff below 1e-5, found ${String(maxAbsDiff)}`);
  }
  return faults;
}
