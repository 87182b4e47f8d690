import type { Command } from 'commander';
import {
  flagOf,
  penaltyFlags,
  parseNumber,
  parseNumbers,
  presetOf,
  runDirectoryOf as directoryOf,
  addTeacherOptions,
  teacherFlags,
  type RawFlags,
} from '@secateur/app/command';
import { presets } from '../presets.ts';
import {
  checkSettings,
  settingNames,
  settingNamesOf,
  sizeSettings,
  type Settings,
} from '../settings.ts';

/** Adds `--preset` and an option for every setting. */
export function addSettingsOptions(command: Command): Command {
  return addTeacherOptions(command, 'of the same vocabulary')
    .option(
      '--preset <name>',
      `settings to start from: ${Object.keys(presets).join(', ')}; default: quick, or rhn-quick with --cell rhn`,
    )
    .option('--cell <kind>', "lstm or rhn, the preset's own")
    .option(
      '--data <folder>',
      'folder with train.txt, valid.txt, test.txt (or ptb.*.txt); default: State of the Union addresses',
    )
    .option(
      '--from <folder>',
      "model folder to train further, a run's dense or model; its sizes are taken over",
    )
    .option('--from-year <year>', 'first year of the addresses', parseNumber)
    .option('--max-vocab <words>', 'largest vocabulary; rarer words become <unk>', parseNumber)
    .option('--backend <name>', 'auto, webgpu, node-gpu, node, wasm or cpu; default: wasm')
    .option('--seed <n>', 'seed of everything random', parseNumber)
    .option('--embed <units>', 'lstm: width of the embedding', parseNumber)
    .option('--hidden <units,...>', 'lstm: units of each layer', parseNumbers)
    .option('--width <units>', 'rhn: width of the embedding and of the state', parseNumber)
    .option('--depth <n>', 'rhn: recurrence depth', parseNumber)
    .option('--init <x>', 'weights start uniform in ±x', parseNumber)
    .option('--forget-bias <x>', 'lstm: added to the forget gate', parseNumber)
    .option('--transform-bias <x>', 'rhn: added to the transform gates', parseNumber)
    .option('--epochs <n>', 'passes over the training text', parseNumber)
    .option('--batch <n>', 'rows read side by side', parseNumber)
    .option('--steps <n>', 'words of truncated backpropagation through time', parseNumber)
    .option('--dropout <rate>', 'lstm: rate of dropout', parseNumber)
    .option('--word-dropout <rate>', 'rhn: rate of dropout of whole words', parseNumber)
    .option('--input-dropout <rate>', 'rhn: rate of dropout of input features', parseNumber)
    .option('--state-dropout <rate>', 'rhn: rate of dropout of state entries', parseNumber)
    .option('--output-dropout <rate>', 'rhn: rate of dropout of output features', parseNumber)
    .option('--learning-rate <x>', 'of plain SGD', parseNumber)
    .option('--decay-from <epoch>', 'first epoch with a lower learning rate', parseNumber)
    .option('--decay <factor>', 'factor of the learning rate', parseNumber)
    .option('--decay-every <epochs>', 'epochs from one decay to the next', parseNumber)
    .option(
      '--clip <norm>',
      'clip of the gradients, the penalty among them, by their global norm',
      parseNumber,
    )
    .option(
      '--weight-decay <x>',
      'L2: half of it times the sum of squared weights is added to the loss',
      parseNumber,
    )
    .option(
      '--target-macs <x>',
      'what the network may cost for a word in the end, in place of a lambda: a share of its multiply-adds, or a number',
      parseNumber,
    )
    .option('--shrink-embed', 'lstm: let the width of the embedding shrink too')
    .option('--shrink-epochs <n>', 'epochs in which the target is reached', parseNumber)
    .option('--compact-steps <n>', 'with a target, steps from one removal to the next', parseNumber)
    .option('--lambda <x>', 'strength of the ISS penalty; 0 trains the dense network', parseNumber)
    .option('--ramp-epochs <n>', 'epochs over which lambda grows from 0', parseNumber)
    .option('--penalty <kind>', 'subgradient (the paper) or proximal')
    .option('--threshold <x>', 'weights smaller than this become zero after each step', parseNumber)
    .option('--threshold-scope <which>', 'threshold all weights, or those of groups')
    .option(
      '--compact-every <epochs>',
      'remove dead components while training; 0: only at the end',
      parseNumber,
    )
    .option('--select <which>', "the last epoch's weights, or the best on validation");
}

/**
 * Settings from a preset and what the command line overrides.
 *
 * @throws Error naming an unknown preset or every setting that does not fit.
 */
export function settingsFrom(raw: RawFlags): Settings {
  const name = presetName(raw);
  const preset = presetOf(presets, name);
  if (raw['cell'] !== undefined && raw['cell'] !== preset.cell) {
    const fitting = Object.keys(presets).filter((each) => presets[each]!.cell === raw['cell']);
    throw new Error(
      `--cell: expected ${preset.cell}, the cell of preset ${name}, found "${String(raw['cell'])}"; ` +
        (fitting.length > 0 ? `choose one of ${fitting.join(', ')}.` : 'cells are lstm and rhn.'),
    );
  }
  const given = givenSettings(raw);
  const foreign = given.find((key) => !settingNamesOf(preset.cell).includes(key));
  if (foreign !== undefined) {
    throw new Error(
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
  throw new Error(
    `--${flagOf(sized)}: expected no sizes beside ${flag}, whose model has its own, found ${String(raw[sized])}; leave one of the two out${other}.`,
  );
}

function presetName(raw: RawFlags): string {
  return String(raw['preset'] ?? (raw['cell'] === 'rhn' ? 'rhn-quick' : 'quick'));
}

/** The settings that the command line gives, beside the preset and its cell. */
function givenSettings(raw: RawFlags): string[] {
  return settingNames.filter((key) => key !== 'preset' && key !== 'cell' && raw[key] !== undefined);
}

/** Folder of a run that was given none: `runs/`, the preset, and the settings that the command line overrides. */
export function runDirectoryOf(raw: RawFlags, settings: Settings): string {
  return directoryOf(settings.preset, raw, givenSettings(raw));
}
