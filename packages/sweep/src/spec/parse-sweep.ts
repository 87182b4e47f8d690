import { InputError, nearest, parseJson, shown } from '@secateur/input';
import { SweepError } from '../error.ts';
import { axisCount } from './axis-values.ts';
import { issuesOf, sweepSchema } from './schema.ts';
import type { Sweep } from './sweep.ts';

/** Most trials of one sweep. */
const MOST = 1_000_000;

/**
 * Parses the text of a `sweep.json`. What would train something else than was meant is an error: an unknown name, a place in
 * the command that no setting fills, a setting with several values that the command does not use.
 *
 * @throws {@link SweepError} of code `sweep` that lists what does not fit.
 *
 * @example
 * ```ts
 * import { parseSweep } from '@secateur/sweep';
 *
 * const command = ['node', 'train.js', '{run}', '{rate}'];
 * const text = JSON.stringify({ name: 'rates', command, settings: { rate: [0.1, 0.2] } });
 * const sweep = parseSweep(text);
 * sweep.settings; // => { rate: [0.1, 0.2] }
 * sweep.retries; // => 5
 * ```
 */
export function parseSweep(text: string): Sweep {
  let json: unknown;
  try {
    json = parseJson(text);
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    throw refused(cause.message, cause);
  }
  const result = sweepSchema.safeParse(json);
  if (!result.success) throw refused(issuesOf(result.error), result.error);
  const sweep = result.data;
  const problem = problemOf(sweep);
  if (problem !== undefined) throw refused(problem);
  return sweep;
}

/** What is wrong with parts that are right one by one. */
function problemOf({ command, settings, trials, seeds }: Sweep): string | undefined {
  if (settings !== undefined && trials !== undefined) {
    return 'expected either "settings" or "trials", found both; leave one out';
  }
  const axes = new Map(
    Object.entries(settings ?? {}).map(([name, axis]) => [name, axisCount(axis)]),
  );
  for (const trial of trials ?? []) for (const name of Object.keys(trial)) axes.set(name, 2);
  if (seeds !== undefined) {
    if (axes.has('seed')) {
      return 'expected the seeds in one place, found "seeds" and a setting "seed"; leave one out';
    }
    axes.set('seed', seeds.length);
  }
  const places = new Set(
    command.flatMap((part) =>
      Array.from(part.matchAll(/\{([A-Za-z_][\w.-]*)\}/g), ([, name]) => name!),
    ),
  );
  for (const place of places) {
    if (place === 'run') continue;
    const lacks = trials?.findIndex(
      (trial) => !Object.hasOwn(trial, place) && !(place === 'seed' && seeds !== undefined),
    );
    if (axes.has(place) && (lacks === undefined || lacks === -1)) continue;
    if (axes.has(place)) {
      return `trials.${lacks}: expected the setting ${shown(place)}, which the command uses, found none; add it`;
    }
    const near = nearest(place, ['run', ...axes.keys()]);
    return `command: expected a setting for {${place}}, found none; add it to the settings, or did you mean {${near}}?`;
  }
  const unused = [...axes].find(([name, count]) => count > 1 && !places.has(name));
  if (unused !== undefined) {
    return `command: expected {${unused[0]}}, as trials differ in it, found no such place; add it, or remove the setting`;
  }
  if (!places.has('run')) {
    return 'command: expected {run}, the run directory, in which a trial leaves its result, found no such place; add it';
  }
  const count = trials
    ? trials.length * (seeds?.length ?? 1)
    : [...axes.values()].reduce((product, many) => product * many, 1);
  if (count > MOST) {
    return `expected at most ${MOST} trials, found ${count}; make shorter lists, or several sweeps`;
  }
  return undefined;
}

const refused = (problem: string, cause?: unknown): SweepError =>
  new SweepError(`sweep: ${problem}`, { code: 'sweep', ...(cause !== undefined && { cause }) });
