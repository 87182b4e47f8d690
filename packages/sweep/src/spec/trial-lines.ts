import { InputError, parseJson } from '@secateur/input';
import { SweepError } from '../error.ts';
import { issuesOf, trialSchema } from './schema.ts';
import type { TrialSpec } from './trial-spec.ts';

/** The text of a `trials.jsonl`: one trial a line. */
export function trialLines(specs: readonly TrialSpec[]): string {
  return specs.map((spec) => `${JSON.stringify(spec)}\n`).join('');
}

/**
 * Reads all trials of a `trials.jsonl`.
 *
 * @throws {@link SweepError} of code `spec` that says which line is none.
 */
export function parseTrialLines(text: string): TrialSpec[] {
  return linesOf(text).map((line, i) => parseTrialLine(line, `line ${i + 1} of the trials`));
}

/**
 * Reads one trial of a `trials.jsonl`. The first has the index 0, as arrays of Slurm and the jobs of Kubernetes count.
 *
 * @throws {@link SweepError} of code `spec` when there is none, or it is damaged.
 */
export function trialAt(text: string, index: number): TrialSpec {
  const lines = linesOf(text);
  const line = lines[index];
  if (line !== undefined) return parseTrialLine(line, `trial ${index}`);
  throw new SweepError(
    `trial ${index}: expected one of ${lines.length} trials, which are 0 to ${lines.length - 1}, found none; choose one of these.`,
    { code: 'spec' },
  );
}

/**
 * Reads a trial from its JSON.
 *
 * @param who - names it in messages.
 * @throws {@link SweepError} of code `spec`.
 */
export function parseTrialLine(line: string, who: string): TrialSpec {
  let json: unknown;
  try {
    json = parseJson(line);
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    throw new SweepError(`${who}: ${cause.message}`, { code: 'spec', cause });
  }
  const result = trialSchema.safeParse(json);
  if (result.success) return result.data;
  throw new SweepError(`${who}: ${issuesOf(result.error)}; write the trials once more.`, {
    code: 'spec',
    cause: result.error,
  });
}

/** A file from Windows has other ends of lines. */
const linesOf = (text: string): string[] =>
  text.split(/\r?\n/).filter((line) => line.trim() !== '');
