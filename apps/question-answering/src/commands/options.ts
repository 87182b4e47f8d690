import type { Command } from 'commander';
import {
  addSettings,
  penaltyFlags,
  presetOf,
  runDirectoryOf as directoryOf,
  teacherFlags,
  type RawFlags,
} from '@secateur/app/command';
import { presets } from '../presets.ts';
import { checkSettings, settingNames, settingSchemas, type Settings } from '../settings.ts';

/** Adds `--preset` and an option for every setting. */
export function addSettingsOptions(command: Command): Command {
  command.option(
    '--preset <name>',
    `settings to start from: ${Object.keys(presets).join(', ')}; default: quick`,
  );
  addSettings(command, settingSchemas);
  return command;
}

/**
 * Settings from a preset and what the command line overrides.
 *
 * @throws Error naming an unknown preset or every setting that does not fit.
 */
export function settingsFrom(raw: RawFlags): Settings {
  const name = String(raw['preset'] ?? 'quick');
  const preset = presetOf(presets, name);
  const given = Object.fromEntries(givenSettings(raw).map((key) => [key, raw[key]]));
  const settings = checkSettings({
    ...{ ...preset, ...penaltyFlags(raw), ...given },
    ...{ ...teacherFlags(raw, preset), preset: name },
  });
  if (settings.glove !== null && settings.vectors !== null) {
    throw new Error(
      `--vectors: expected none beside --glove, found ${settings.vectors}; leave one of the two out.`,
    );
  }
  if (settings.targetMacs !== null && settings.groups === 'paper') {
    throw new Error(
      '--groups: expected exact or all beside --target-macs, found paper, whose components cannot be removed from all that reads them; take one of the two.',
    );
  }
  return settings;
}

function givenSettings(raw: RawFlags): string[] {
  return settingNames.filter((key) => key !== 'preset' && raw[key] !== undefined);
}

/** Folder of a run that was given none: `runs/qa-`, the preset, and the settings that the command line overrides. */
export function runDirectoryOf(raw: RawFlags, settings: Settings): string {
  return directoryOf(`qa-${settings.preset}`, raw, givenSettings(raw));
}
