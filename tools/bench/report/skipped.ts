import type { Measured } from '../process/measure.ts';

/** A line for everything that was not measured, and why. */
export function skippedLines({ skipped }: Measured): string[] {
  if (skipped.length === 0) return [];
  const lines = skipped.map(
    ({ contender, threads, case: name, reason }) =>
      `- ${[contender, name, `${threads} ${threads === 1 ? 'thread' : 'threads'}`].filter(Boolean).join(', ')}: ${reason}`,
  );
  return [`Not measured:\n\n${lines.join('\n')}`];
}
