import { InvalidArgumentError, type Command } from 'commander';
import { presets } from '../presets.ts';
import { checkSettings, settingsSchema, type Settings } from '../settings.ts';

type Raw = Readonly<Record<string, unknown>>;

/** Parses a number, refusing anything else. */
export function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) {
    throw new InvalidArgumentError(`expected a number, found "${text}".`);
  }
  return value;
}

function parseSizes(text: string): number[] {
  return text.split(',').map(parseNumber);
}

/** Adds `--preset` and an option for every setting. */
export function addSettingsOptions(command: Command): Command {
  return command
    .option(
      '--preset <name>',
      `settings to start from: ${Object.keys(presets).join(', ')}`,
      'quick',
    )
    .option(
      '--data <folder>',
      'folder with train.txt, valid.txt, test.txt (or ptb.*.txt); default: State of the Union addresses',
    )
    .option('--from-year <year>', 'first year of the addresses', parseNumber)
    .option('--max-vocab <words>', 'largest vocabulary; rarer words become <unk>', parseNumber)
    .option('--backend <name>', 'auto, webgpu, node-gpu, node, wasm or cpu; default: wasm')
    .option('--seed <n>', 'seed of everything random', parseNumber)
    .option('--embed <units>', 'width of the embedding', parseNumber)
    .option('--hidden <units,...>', 'units of each LSTM layer', parseSizes)
    .option('--init <x>', 'weights start uniform in ±x', parseNumber)
    .option('--forget-bias <x>', 'added to the forget gate', parseNumber)
    .option('--epochs <n>', 'passes over the training text', parseNumber)
    .option('--batch <n>', 'rows read side by side', parseNumber)
    .option('--steps <n>', 'words of truncated backpropagation through time', parseNumber)
    .option('--keep <p>', 'keep probability of dropout', parseNumber)
    .option('--learning-rate <x>', 'of plain SGD', parseNumber)
    .option('--decay-from <epoch>', 'first epoch with a lower learning rate', parseNumber)
    .option('--decay <factor>', 'factor of the learning rate', parseNumber)
    .option('--decay-every <epochs>', 'epochs from one decay to the next', parseNumber)
    .option(
      '--clip <norm>',
      'clip of the gradients, the penalty among them, by their global norm',
      parseNumber,
    )
    .option('--lambda <x>', 'strength of the ISS penalty; 0 trains the dense network', parseNumber)
    .option('--ramp-epochs <n>', 'epochs over which lambda grows from 0', parseNumber)
    .option('--penalty <kind>', 'subgradient (the paper) or proximal')
    .option('--threshold <x>', 'weights smaller than this become zero after each step', parseNumber)
    .option(
      '--compact-every <epochs>',
      'remove dead components while training; 0: only at the end',
      parseNumber,
    );
}

/**
 * Settings from a preset and what the command line overrides.
 *
 * @throws Error naming an unknown preset or every setting that does not fit.
 */
export function settingsFrom(raw: Raw): Settings {
  const name = String(raw['preset']);
  const preset = presets[name];
  if (preset === undefined) {
    throw new Error(
      `--preset: expected one of ${Object.keys(presets).join(', ')}, found "${name}".`,
    );
  }
  const given = Object.keys(settingsSchema.shape).filter((key) => raw[key] !== undefined);
  // A preset's vocabulary is made for the embedded text; files keep all their words unless told otherwise.
  const vocabulary = raw['data'] === undefined ? {} : { maxVocab: null };
  return checkSettings({
    ...preset,
    ...vocabulary,
    ...Object.fromEntries(given.map((key) => [key, raw[key]])),
  });
}

/** Folder of a run that was given none: `runs/`, the preset, and the settings that the command line overrides. */
export function runDirectoryOf(raw: Raw, settings: Settings): string {
  const given = Object.keys(settingsSchema.shape).filter(
    (key) => key !== 'preset' && raw[key] !== undefined,
  );
  const parts = given.map((key) => `${key}=${String(raw[key]).replace(/[^\w.,-]+/g, '_')}`);
  return ['runs/' + settings.preset, ...parts].join('-');
}
