import { SweepError } from '../error.ts';
import { axisCount } from '../spec/axis-values.ts';
import { expandSweep } from '../spec/expand-sweep.ts';
import type { SettingRange, Sweep } from '../spec/sweep.ts';
import type { TrialSpec } from '../spec/trial-spec.ts';
import type { Scan } from './scan.ts';

/** A sweep as a search sees it: the range of one setting. */
export type SweepScan = Omit<Scan, 'run'> & { readonly range: SettingRange };

/**
 * Finds the one range among a sweep's settings.
 *
 * @throws SweepError with code `sweep` when there is none or more than one, when another setting has several values, or when the
 * sweep names no quality or no work.
 *
 * @example
 * ```ts
 * import { scanOf } from '@secateur/sweep';
 *
 * const command = ['node', 'train.js', '{run}', '{lambda}'];
 * const lambda = { from: 0, to: 8, count: 5, scale: 'linear' } as const;
 * const quality = { name: 'test loss', key: 'loss', better: 'lower' } as const;
 * const work = { name: 'multiply-adds', key: 'macs' };
 * const scan = scanOf({ name: 'a', command, settings: { lambda }, quality, work, retries: 5 });
 * [scan.setting, scan.work]; // => ['lambda', 'macs']
 * scan.specs(0.5).map(({ settings }) => settings); // => [{ lambda: 0.5 }]
 * ```
 */
export function scanOf(sweep: Sweep): SweepScan {
  const { name, settings = {}, quality, work } = sweep;
  const several = Object.entries(settings).filter(([, axis]) => axisCount(axis) > 1);
  const [found] = several;
  if (found === undefined || several.length > 1 || !isRange(found[1])) {
    throw refused(
      name,
      'settings with one range and else one value each',
      several.map(([of]) => of).join(', ') || 'no range',
      'keep one range, { "from", "to", "count", "scale": "log" }, and give each other value a sweep of its own',
    );
  }
  if (quality === undefined || work === undefined) {
    throw refused(name, '"quality" and "work"', 'not both', 'say where they are in result.json');
  }
  const [setting, range] = [found[0], found[1]];
  return {
    ...{ setting, range, scale: range.scale, quality, work: work.key },
    specs: (value): TrialSpec[] =>
      expandSweep({ ...sweep, settings: { ...settings, [setting]: value } }),
  };
}

const isRange = (axis: unknown): axis is SettingRange =>
  typeof axis === 'object' && axis !== null && 'from' in axis;

const refused = (name: string, expected: string, found: string, todo: string): SweepError =>
  new SweepError(`sweep ${name}: expected ${expected}, found ${found}; ${todo}.`, {
    code: 'sweep',
  });
