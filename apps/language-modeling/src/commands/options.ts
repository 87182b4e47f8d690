import {
  flagOf,
  givenSettings,
  penaltyFlags,
  presetOf,
  teacherFlags,
  type RawFlags,
  type SettingsForm,
  SettingsError,
} from '@secateur/app/command';
import { presets } from '../presets.ts';
import {
  checkSettings,
  settingSchemas,
  settingNamesOf,
  sizeSettings,
  type Settings,
} from '../settings.ts';

/**
 * Settings from a preset and what the command line overrides.
 *
 * @throws SettingsError naming an unknown preset or every setting that does not fit.
 */
export function settingsFrom(raw: RawFlags): Settings {
  const name = presetName(raw);
  const preset = presetOf(presets, name);
  if (raw['cell'] !== undefined && raw['cell'] !== preset.cell) {
    const fitting = Object.keys(presets).filter((other) => presets[other]!.cell === raw['cell']);
    throw new SettingsError(
      `--cell: expected ${preset.cell}, the cell of preset ${name}, found "${String(raw['cell'])}"; ` +
        (fitting.length > 0 ? `choose one of ${fitting.join(', ')}.` : 'cells are lstm and rhn.'),
    );
  }
  const given = givenSettings(settingSchemas, raw);
  const foreign = given.find((key) => !settingNamesOf(preset.cell).includes(key));
  if (foreign !== undefined) {
    throw new SettingsError(
      `--${flagOf(foreign)}: expected a setting of cell ${preset.cell}, found one of another; leave it out or choose another preset.`,
    );
  }
  const sized = given.find((key) => sizeSettings.includes(key));
  // A preset's vocabulary is made for the embedded text; files keep all their words unless told otherwise.
  const vocabulary = raw['data'] === undefined ? {} : { maxVocab: null };
  const settings = checkSettings({
    ...{ ...preset, ...vocabulary, ...penaltyFlags(raw) },
    ...Object.fromEntries(given.map((key) => [key, raw[key]])),
    ...{ ...teacherFlags(raw, startOfPreset(preset, raw, sized)), preset: name },
  });
  checkSizes(settings, raw, sized);
  if (settings.data !== null && raw['fromYear'] !== undefined) {
    throw new SettingsError(
      `--from-year: expected none beside --data, which has no years, found ${String(raw['fromYear'])}; leave one of the two out.`,
    );
  }
  return settings;
}

/** A preset's start from its teacher does not count for sizes that are given beside a teacher that has its own. */
const startOfPreset = (preset: Settings, raw: RawFlags, sized: string | undefined): Settings =>
  raw['teacher'] !== undefined && sized !== undefined ? { ...preset, fromTeacher: false } : preset;

/** The sizes of a network that starts from a model are that model's. */
function checkSizes(
  { from, teacher, fromTeacher }: Settings,
  raw: RawFlags,
  sized: string | undefined,
): void {
  const flag = from !== null ? '--from' : fromTeacher && teacher !== null ? '--teacher' : undefined;
  if (flag === undefined || sized === undefined) return;
  const other = flag === '--from' ? '' : ', or give --no-from-teacher';
  throw new SettingsError(
    `--${flagOf(sized)}: expected no sizes beside ${flag}, whose model has its own, found ${String(raw[sized])}; leave one of the two out${other}.`,
  );
}

function presetName(raw: RawFlags): string {
  return String(raw['preset'] ?? (raw['cell'] === 'rhn' ? 'rhn-quick' : 'quick'));
}

/** What the command line makes of settings. */
export const settingsForm: SettingsForm<Settings> = {
  schemas: settingSchemas,
  presets,
  usual: 'quick, or rhn-quick with --cell rhn',
  choice: ['--cell <kind>', "lstm or rhn, the preset's own"],
  from: settingsFrom,
  check: checkSettings,
};
