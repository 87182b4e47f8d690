import type { Running } from './contender.ts';
import { titleOf } from './measure.ts';

/** The largest difference that two runtimes' outputs may have. */
const TOLERANCE = 1e-4;

/**
 * Compares the outputs of everybody's forward passes with the first one's, case by case, and gives the largest difference; a fast wrong
 * answer must not be timed.
 */
export function largestDifference(suite: string, running: readonly Running[]): number {
  const outputs = running.map(({ facts }) => facts['outputs'] as Record<string, number[]>);
  let largest = 0;
  for (const [name, expected] of Object.entries(outputs[0] ?? {})) {
    for (const [index, { [name]: found }] of outputs.entries()) {
      // A slow contender may leave a case out.
      if (found === undefined) continue;
      const difference =
        found.length === expected.length
          ? Math.max(...found.map((value, i) => Math.abs(value - expected[i]!)))
          : Infinity;
      largest = Math.max(largest, difference);
      if (difference <= TOLERANCE) continue;
      throw new Error(
        `${suite}: expected the outputs of ${titleOf(running[index]!.spec)} for ${name} within ${TOLERANCE} of those of ${titleOf(running[0]!.spec)}, found a difference of ${difference}; one of them computes something else.`,
      );
    }
  }
  return largest;
}
