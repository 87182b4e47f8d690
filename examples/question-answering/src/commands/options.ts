import type { Command } from 'commander';
import {
  parseNumber,
  penaltyFlags,
  presetOf,
  runDirectoryOf as directoryOf,
  addTeacherOptions,
  teacherFlags,
  type RawFlags,
} from '@secateur/app/command';
import { vectorPackageNames } from '../data/vectors/package.ts';
import { presets } from '../presets.ts';
import { checkSettings, settingNames, type Settings } from '../settings.ts';

/** Adds `--preset` and an option for every setting. */
export function addSettingsOptions(command: Command): Command {
  return addTeacherOptions(command, 'of the same data')
    .option(
      '--preset <name>',
      `settings to start from: ${Object.keys(presets).join(', ')}; default: quick`,
    )
    .option(
      '--data <folder>',
      'folder with train*.json and dev*.json of SQuAD; default: questions made from the World Factbook',
    )
    .option('--glove <file>', 'text file of word vectors, which are then not trained')
    .option(
      '--vectors <package>',
      `npm package of word vectors in place of a file, where it is installed: ${vectorPackageNames.join(', ')}`,
    )
    .option('--from <folder>', 'model folder to fine-tune, of the same data and sizes')
    .option('--backend <name>', 'auto, webgpu, node-gpu, node, wasm or cpu; default: wasm')
    .option('--seed <n>', 'seed of everything random', parseNumber)
    .option('--epochs <n>', 'passes over the training questions', parseNumber)
    .option('--batch <n>', 'questions of a step', parseNumber)
    .option('--max-context <tokens>', 'longest context to train on', parseNumber)
    .option('--max-question <tokens>', 'longest question to train on', parseNumber)
    .option('--min-words <n>', 'rarer words are unknown', parseNumber)
    .option('--min-chars <n>', 'rarer characters are unknown', parseNumber)
    .option('--word <width>', "width of a word's vector", parseNumber)
    .option('--char <width>', "width of a character's vector", parseNumber)
    .option('--filters <n>', 'features of the characters of a word', parseNumber)
    .option('--units <n>', 'units of every LSTM in each direction', parseNumber)
    .option('--learning-rate <x>', 'of Adam', parseNumber)
    .option('--decay-from <epochs>', 'when the learning rate starts to fall to 0', parseNumber)
    .option('--dropout <rate>', 'rate of dropout of the inputs of LSTMs and pointers', parseNumber)
    .option('--char-dropout <rate>', "rate of dropout of the characters' vectors", parseNumber)
    .option('--average <decay>', 'of the moving average of the weights', parseNumber)
    .option(
      '--target-macs <x>',
      'what the network may cost for a token in the end, in place of a lambda: a share of its multiply-adds, or a number',
      parseNumber,
    )
    .option('--shrink-epochs <n>', 'epochs in which the target is reached', parseNumber)
    .option('--lambda <x>', 'strength of the ISS penalty; 0 trains the dense network', parseNumber)
    .option('--ramp-epochs <n>', 'epochs over which lambda grows from 0', parseNumber)
    .option('--penalty <kind>', "subgradient (the original's) or proximal (outside of Adam)")
    .option('--threshold <x>', 'weights smaller than this become zero after each step', parseNumber)
    .option('--groups <which>', "paper, exact, or all: also the contextual LSTM's and the filters");
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
