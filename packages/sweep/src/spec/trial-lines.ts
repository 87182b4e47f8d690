import { InputError, parseJson } from '@secateur/input';
import { SweepError } from '../error.ts';
import { issuesOf, trialSchema } from './schema.ts';
import type { TrialSpec } from './trial-spec.ts';

/**
 * The text of a `trials.jsonl`: one trial a line.
 *
 * @example
 * ```ts
 * import { expandSweep, trialLines } from '@secateur/sweep';
 *
 * const command = ['node', 'train.js', '{run}', '{rate}'];
 * const specs = expandSweep({ name: 'rates', command, settings: { rate: [0.1, 0.2] }, retries: 5 });
 * const lines = trialLines(specs).trimEnd().split('\n');
 * lines.map((line) => JSON.parse(line).settings); // => [{ rate: 0.1 }, { rate: 0.2 }]
 * ```
 */
export function trialLines(specs: readonly TrialSpec[]): string {
  return specs.map((spec) => `${JSON.stringify(spec)}\n`).join('');
}

/**
 * Reads the trials of a `trials.jsonl`.
 *
 * @throws {@link SweepError} of code `spec` that says which line is none.
 *
 * @example
 * ```ts
 * import { parseTrialLines } from '@secateur/sweep';
 *
 * const text = `
 *   {"id":"a-1","sweep":"a","command":["train","{run}"],"settings":{"rate":0.1},"retries":5,"versions":{}}
 *   {"id":"a-2","sweep":"a","command":["train","{run}"],"settings":{"rate":0.2},"retries":5,"versions":{}}
 * `;
 * parseTrialLines(text).map(({ id, settings }) => [id, settings['rate']]); // => [['a-1', 0.1], ['a-2', 0.2]]
 * ```
 */
export function parseTrialLines(text: string): TrialSpec[] {
  // A file from Windows has other ends of lines.
  return text
    .split(/\r?\n/)
    .flatMap((line, i) =>
      line.trim() === '' ? [] : [parseTrialLine(line, `trials.jsonl, line ${i + 1}`)],
    );
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
