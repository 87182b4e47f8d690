import type { SettingValue, TrialSpec } from '../src/spec/trial-spec.ts';

/** A trial with certain settings, whose id tells them. */
export function specOf(settings: Readonly<Record<string, SettingValue>>): TrialSpec {
  return {
    id: `test-${Object.values(settings).join('-')}`,
    sweep: 'test',
    command: ['train', '{run}'],
    settings,
    retries: 5,
    versions: {},
  };
}
