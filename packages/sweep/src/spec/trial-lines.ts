import { InputError, parseJson } from '@secateur/input';
import { SweepError } from '../error.ts';
import { issuesOf, trialSchema } from './schema.ts';
import type { TrialSpec } from './trial-spec.ts';

/** The text of a `trials.jsonl`: one trial a line. */
export function trialLines(specs: readonly TrialSpec[]): string {
  return specs.map((spec) => `${JSON.stringify(spec)}\n`).join('');
}

/**
 * Reads the trials of a `trials.jsonl`.
 *
 * @throws {@link SweepError} of code `spec` that says which line is none.
 */
export function parseTrialLines(text: string): TrialSpec[] {
  // A file from Windows has other ends of lines.
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line, i) => parseTrialLine(line, `trials.jsonl, line ${i + 1}`));
}

function parseTrialLine(line: string, who: string): TrialSpec {
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
