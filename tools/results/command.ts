import { decidedByTarget, flagOf } from '@secateur/app/command';

/** Settings of a run by name. */
type Settings = Readonly<Record<string, unknown>>;

/**
 * The command that made a run: the settings in which it differs from its preset. `quiet` are settings that it need not name,
 * such as where the data lie; `preset` is the one that the command takes by itself.
 */
export function commandOf(
  program: string,
  config: Settings & { readonly preset: string },
  presets: Readonly<Record<string, Settings>>,
  { quiet, usual }: { readonly quiet: readonly string[]; readonly usual?: string },
): string {
  const { preset: name, ...settings } = config;
  const preset = presets[name];
  if (preset === undefined) {
    throw new Error(
      `results: expected one of the presets ${Object.keys(presets).join(', ')}, found "${name}"; the run was made by another version, so make it again.`,
    );
  }
  const left = [...quiet, ...(settings['targetMacs'] ? decidedByTarget : [])];
  const options = Object.entries(settings)
    .filter(([key, value]) => !left.includes(key) && String(value) !== String(preset[key]))
    .map(([key, value]) => optionOf(key, value, settings))
    .filter((option) => option !== '');
  const chosen = name === usual ? [] : [`--preset ${name}`];
  return [`npm run ${program} -- train`, ...chosen, ...options].join(' ');
}

/** A setting as it is given; empty where another one says it. */
function optionOf(key: string, value: unknown, settings: Settings): string {
  const flag = flagOf(key);
  if (typeof value === 'boolean') return value ? `--${flag}` : `--no-${flag}`;
  if (value !== null) return `--${flag} ${String(value)}`;
  // The preset's own target or teacher was replaced, or switched off.
  if (key === 'targetMacs') return `--lambda ${String(settings['lambda'])}`;
  if (key === 'teacherPreset') return settings['teacher'] === null ? '--teacher-preset none' : '';
  return `--${flag} ${String(value)}`;
}
