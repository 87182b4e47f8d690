import { createHash } from 'node:crypto';
import { shown } from '@secateur/input';
import { SweepError } from '../error.ts';
import { version } from '../version.ts';
import { axisValues } from './axis-values.ts';
import type { Sweep } from './sweep.ts';
import type { SettingValue, TrialSpec } from './trial-spec.ts';

type Settings = Readonly<Record<string, SettingValue>>;

/**
 * Lists the trials of a sweep: every combination of its settings and seeds. The first setting changes last, the seed first.
 *
 * @throws {@link SweepError} of code `sweep` when two trials are the same.
 *
 * @example
 * ```ts
 * import { expandSweep } from '@secateur/sweep';
 *
 * const command = ['node', 'train.js', '{run}', '{rate}', '{seed}'];
 * const settings = { rate: [0.1, 0.2] };
 * const specs = expandSweep({ name: 'rates', command, settings, seeds: [1, 2], retries: 5 });
 * specs.map((spec) => Object.values(spec.settings)); // => [[0.1, 1], [0.1, 2], [0.2, 1], [0.2, 2]]
 * ```
 */
export function expandSweep(sweep: Sweep): TrialSpec[] {
  const { name, command, quality, work, retries, seeds } = sweep;
  let all: readonly Settings[] = sweep.trials ?? [{}];
  for (const [setting, axis] of Object.entries(sweep.settings ?? {})) {
    all = combined(all, setting, axisValues(axis));
  }
  if (seeds !== undefined) all = combined(all, 'seed', seeds);
  const specs = all.map((settings) => ({
    id: trialId(name, command, settings),
    sweep: name,
    command,
    settings,
    ...(quality && { quality }),
    ...(work && { work }),
    retries,
    versions: { '@secateur/sweep': version },
  }));
  const byId = new Map(specs.map((spec) => [spec.id, spec]));
  if (byId.size < specs.length) {
    const twice = specs.find((spec) => byId.get(spec.id) !== spec)!;
    throw new SweepError(
      `sweep ${name}: expected trials that differ, found ${shown(twice.settings)} twice; remove one of the two.`,
      { code: 'sweep' },
    );
  }
  return specs;
}

/** The id of a trial: the same command and settings have the same one in every process and on every machine. */
export function trialId(sweep: string, command: readonly string[], settings: Settings): string {
  const sorted = Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1));
  const hash = createHash('sha256')
    .update(JSON.stringify([command, sorted]))
    .digest('hex');
  // 64 bits: among a million trials, two share an id once in 36 million sweeps.
  return `${sweep}-${hash.slice(0, 16)}`;
}

function combined(
  all: readonly Settings[],
  setting: string,
  values: readonly SettingValue[],
): Settings[] {
  return all.flatMap((settings) => values.map((value) => ({ ...settings, [setting]: value })));
}
