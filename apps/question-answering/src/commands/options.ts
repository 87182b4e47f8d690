import {
  givenSettings,
  penaltyFlags,
  presetOf,
  teacherFlags,
  type RawFlags,
  type SettingsForm,
  SettingsError,
} from '@secateur/app/command';
import { presets } from '../presets.ts';
import { checkSettings, settingSchemas, type Settings } from '../settings.ts';

/**
 * Settings from a preset and what the command line overrides.
 *
 * @throws SettingsError naming an unknown preset or every setting that does not fit.
 */
export function settingsFrom(raw: RawFlags): Settings {
  const name = String(raw['preset'] ?? 'quick');
  const preset = presetOf(presets, name);
  const given = Object.fromEntries(
    givenSettings(settingSchemas, raw).map((key) => [key, raw[key]]),
  );
  const settings = checkSettings({
    ...{ ...preset, ...penaltyFlags(raw), ...given },
    ...{ ...teacherFlags(raw, preset), preset: name },
  });
  if (settings.glove !== null && settings.vectors !== null) {
    throw new SettingsError(
      `--vectors: expected none beside --glove, found ${settings.vectors}; leave one of the two out.`,
    );
  }
  if (settings.targetMacs !== null && settings.groups === 'paper') {
    throw new SettingsError(
      '--groups: expected exact or all beside --target-macs, found paper, whose components cannot be removed from all that reads them; take one of the two.',
    );
  }
  return settings;
}

/** What the command line makes of settings. */
export const settingsForm: SettingsForm<Settings> = {
  schemas: settingSchemas,
  presets,
  usual: 'quick',
  from: settingsFrom,
  check: checkSettings,
};
