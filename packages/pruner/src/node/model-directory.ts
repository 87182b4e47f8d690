import {
  layoutFromJson,
  layoutToJson,
  recurrentDims,
  type Layout,
  type Weights,
} from '@secateur/groups';
import { isRecord, namesText, shown } from '@secateur/input';
import { encodeAs, encodeSafetensors, type SafetensorsInput } from '@secateur/safetensors';
import { checkWeights, messageOf } from '../check-weights.ts';
import { type PrunerError, fileError, weightsError } from '../pruner-error.ts';
import { readWeights, type StoredTypes } from '../safetensors.ts';
import { parseModelJson, peekJson, readJsonFile, readModelFile, toJsonText } from './read-files.ts';
import { checksumsOf, requireChecksums } from './checksums.ts';
import { isLayersModelFile } from './layers-model-files.ts';
import { replaceFiles, type ModelFiles } from './replace-files.ts';

/** What {@link writeModelDirectory} writes. */
export interface ModelDirectoryInput {
  /** Weights under the names of the layout. */
  readonly weights: Weights;
  /** Layout of exactly these weights. */
  readonly layout: Layout;
  /** Types of tensors that are stored in fewer bits, by name; the others are float32. */
  readonly dtypes?: StoredTypes;
  /** How to build the network: gate order, forget bias and whatever else a reader needs; plain JSON. */
  readonly architecture: Readonly<Record<string, unknown>>;
  /** What kind of network it is; default `stacked-lstm`. */
  readonly modelType?: string;
  /** What was removed when, oldest first; plain JSON. */
  readonly history?: readonly unknown[];
  /** Words in the order of their ids, written to `vocabulary.json`. */
  readonly vocabulary?: readonly string[];
  /** Further files of the model by name, such as vectors that it does not train; a later model takes their place too. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
}

/** What {@link readModelDirectory} returns. */
export interface ModelDirectory {
  /** Weights under the names of the layout. */
  readonly weights: Weights;
  /** Layout of exactly these weights. */
  readonly layout: Layout;
  /** Types of the tensors that are stored in fewer bits than float32, by name; here all are float32. */
  readonly dtypes: StoredTypes;
  /** What was given as architecture. */
  readonly architecture: Readonly<Record<string, unknown>>;
  /** What kind of network it is. */
  readonly modelType: string;
  /** What was removed when, oldest first. */
  readonly history: readonly unknown[];
  /** Words in the order of their ids, if the directory has them. */
  readonly vocabulary: readonly string[] | undefined;
  /** Further files that were given, whole, by name. */
  readonly files: Readonly<Record<string, Uint8Array>>;
}

const weightsFile = 'model.safetensors';
const configFile = 'config.json';
const vocabularyFile = 'vocabulary.json';

/**
 * Writes a model: `model.safetensors`, `config.json` (model type, architecture, hidden sizes, vocabulary size, layout,
 * ISS history) and, if given, `vocabulary.json` and further files. Files of an earlier model in the directory are replaced or
 * removed, among them those that `saveLayersModel` wrote to its `tfjs`: write that after this. Others stay. Whatever ends the
 * write, the directory holds the old model, the new one, or no `config.json`.
 *
 * @throws PrunerError when the directory holds others' files and no model, is a link, or cannot be written.
 *
 * @example
 * ```ts
 * import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { parseLayout } from '@secateur/groups';
 * import { writeModelDirectory } from '@secateur/pruner/node';
 *
 * const directory = mkdtempSync(join(tmpdir(), 'example-'));
 * const layout = parseLayout('dims h = 2 \n rnn  h -> h');
 * const weights = { rnn: { shape: [2, 2], data: Float32Array.of(1, 0, 0, 1) } };
 * await writeModelDirectory(directory, { weights, layout, architecture: { cell: 'rnn' } });
 * readdirSync(directory).sort(); // => ['config.json', 'model.safetensors']
 * rmSync(directory, { recursive: true });
 * ```
 */
export function writeModelDirectory(directory: string, input: ModelDirectoryInput): Promise<void> {
  // A promise, so that what is thrown rejects it.
  return Promise.resolve().then(() => {
    write(directory, input);
  });
}

function write(directory: string, input: ModelDirectoryInput): void {
  const { weights, layout, architecture, modelType = 'stacked-lstm', history = [] } = input;
  checkWeights('writeModelDirectory', weights, layout);
  if (input.vocabulary) checkWords('writeModelDirectory', input.vocabulary, layout);
  const config = {
    model_type: modelType,
    architecture,
    ...sizesOf(layout),
    layout: layoutToJson(layout),
    iss: { history },
    ...(input.files === undefined ? {} : { files: Object.keys(input.files) }),
  };
  const text = (what: string, value: unknown) => toJsonText('writeModelDirectory', what, value);
  const files = new Map<string, Uint8Array | string>([
    [weightsFile, encodeSafetensors(tensorsOf(input), { format: 'secateur' })],
  ]);
  if (input.vocabulary) files.set(vocabularyFile, text('vocabulary', input.vocabulary));
  for (const [name, bytes] of Object.entries(input.files ?? {})) {
    if (!isFurtherFile(name)) {
      throw fileError(
        `writeModelDirectory: expected names of further files without folders and none that a model has, found "${name}"; choose another.`,
      );
    }
    files.set(name, bytes);
  }
  // What is hashed is what a reader parses.
  const plain = JSON.stringify(JSON.parse(text('architecture and history', config)));
  const sha256 = checksumsOf(new Map([...files, [configFile, plain]]));
  files.set(configFile, text('architecture and history', { ...config, sha256 }));
  replaceFiles('writeModelDirectory', directory, files, modelFiles(directory));
}

/** The tensors in the types that they are stored in. */
function tensorsOf({
  weights,
  dtypes = {},
}: ModelDirectoryInput): Record<string, SafetensorsInput> {
  const other = Object.keys(dtypes).find((name) => !Object.hasOwn(weights, name));
  if (other !== undefined) {
    throw weightsError(
      `writeModelDirectory: expected dtypes of the weights (${namesText(Object.keys(weights))}), found one of "${other}"; correct the name.`,
    );
  }
  return Object.fromEntries(
    Object.entries(weights).map(([name, array]) => [name, encodeAs(array, dtypes[name] ?? 'F32')]),
  );
}

const modelNames = [configFile, weightsFile, vocabularyFile];
const layersModelFolder = 'tfjs';

/** Whether a model may have a further file of this name. */
function isFurtherFile(name: unknown): name is string {
  return typeof name === 'string' && /^[^./\\:][^/\\:]*$/.test(name) && !modelNames.includes(name);
}

/** The sizes that a config states for readers without this package. */
function sizesOf(layout: Layout): {
  readonly hidden_sizes: number[];
  readonly vocab_size?: number;
} {
  const vocab = layout.dims['vocab'];
  const hidden = recurrentDims(layout).map((dim) => layout.dims[dim]!);
  return { hidden_sizes: hidden, ...(vocab === undefined ? {} : { vocab_size: vocab }) };
}

/** What the model of a directory holds. */
function modelFiles(directory: string): ModelFiles {
  const further = peekJson(directory, configFile)?.['files'];
  const ours = [...modelNames, ...(Array.isArray(further) ? further.filter(isFurtherFile) : [])];
  return {
    manifest: configFile,
    folder: layersModelFolder,
    isModel: (folder) => {
      const config = peekJson(folder, configFile);
      return typeof config?.['model_type'] === 'string' && isRecord(config['layout']);
    },
    isOurs: (name) => {
      const [folder, inside] = name.split('/');
      if (inside === undefined) return ours.includes(name);
      return folder === layersModelFolder && isLayersModelFile(inside);
    },
  };
}

/**
 * Reads a model written by {@link writeModelDirectory}, also one whose tensors were stored as `F16` or `BF16` since: they
 * become float32, and `dtypes` says what they were, once `sha256` is taken out of `config.json`. Whatever is malformed or missing, does not fit the rest, or has another
 * checksum than `config.json` states is a `PrunerError`.
 *
 * @example
 * ```ts
 * import { mkdtempSync, rmSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { parseLayout } from '@secateur/groups';
 * import { readModelDirectory, writeModelDirectory } from '@secateur/pruner/node';
 *
 * const directory = mkdtempSync(join(tmpdir(), 'example-'));
 * const layout = parseLayout('dims h = 2 \n rnn  h -> h');
 * const weights = { rnn: { shape: [2, 2], data: Float32Array.of(1, 0, 0, 1) } };
 * await writeModelDirectory(directory, { weights, layout, architecture: { cell: 'rnn' } });
 * const model = await readModelDirectory(directory);
 * model.layout.dims; // => { h: 2 }
 * model.weights['rnn']?.data; // => [1, 0, 0, 1]
 * model.architecture; // => { cell: 'rnn' }
 * rmSync(directory, { recursive: true });
 * ```
 */
export function readModelDirectory(directory: string): Promise<ModelDirectory> {
  // A promise, so that what is thrown rejects it.
  return Promise.resolve().then(() => read(directory));
}

function read(directory: string): ModelDirectory {
  const caller = 'readModelDirectory';
  const config = readJsonFile(caller, directory, configFile);
  const bytes = readModelFile(caller, directory, weightsFile);
  const {
    model_type: modelType,
    architecture,
    iss = {},
  } = config as { model_type?: unknown; architecture?: unknown; iss?: unknown };
  const history = isRecord(iss) ? (iss['history'] ?? []) : undefined;
  if (typeof modelType !== 'string' || !isRecord(architecture) || !Array.isArray(history)) {
    throw fileError(
      `${caller}: expected model_type, architecture and iss.history in ${configFile} of "${directory}", found keys ${Object.keys(config).join(', ') || '(none)'}; was it written by writeModelDirectory?`,
    );
  }
  const layout = readLayout(caller, directory, config['layout']);
  const { weights, dtypes } = readWeights(caller, `${weightsFile} of "${directory}"`, bytes);
  checkWeights(`${caller}: "${directory}"`, weights, layout);
  for (const [key, expected] of Object.entries(sizesOf(layout))) {
    if (config[key] === undefined || String(config[key]) === String(expected)) continue;
    throw fileError(
      `${caller}: expected ${key} ${shown(expected)} as in the layout in ${configFile} of "${directory}", found ${shown(config[key])}; the file is damaged, write the model again.`,
    );
  }
  const words = readIfThere(caller, directory, vocabularyFile);
  const vocabulary = words && readVocabulary(caller, directory, words, layout);
  const { sha256, files: further = [], ...rest } = config;
  const names = Array.isArray(further) && further.every(isFurtherFile) ? further : undefined;
  if (names === undefined) {
    throw fileError(
      `${caller}: expected a list of names without folders as "files" in ${configFile} of "${directory}", found ${shown(further)}; the file is damaged, write the model again.`,
    );
  }
  const files = Object.fromEntries(
    names.map((name) => [name, readModelFile(caller, directory, name)]),
  );
  const plain = JSON.stringify('files' in config ? { ...rest, files: further } : rest);
  const contents: [string, Uint8Array | string][] = [
    [weightsFile, bytes],
    [configFile, plain],
    ...(words === undefined ? [] : [[vocabularyFile, words] as [string, Uint8Array]]),
    ...Object.entries(files),
  ];
  requireChecksums(caller, directory, sha256, new Map(contents));
  return { weights, layout, dtypes, architecture, modelType, history, vocabulary, files };
}

function readLayout(caller: string, directory: string, json: unknown): Layout {
  try {
    return layoutFromJson(json);
  } catch (cause) {
    throw fileError(
      `${caller}: expected a layout in ${configFile} of "${directory}", found one that is not valid: ${messageOf(cause)}`,
      { cause },
    );
  }
}

/** Reads a file that a model need not have. */
function readIfThere(caller: string, directory: string, name: string): Uint8Array | undefined {
  try {
    return readModelFile(caller, directory, name);
  } catch (error) {
    const { cause } = error as PrunerError;
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function readVocabulary(
  caller: string,
  directory: string,
  bytes: Uint8Array,
  layout: Layout,
): string[] {
  const words = parseModelJson(caller, directory, vocabularyFile, bytes);
  const where = `${caller}: ${vocabularyFile} of "${directory}"`;
  checkWords(where, words, layout);
  return words as string[];
}

/** Throws unless `words` are as many texts as the dimension `vocab` says, if there is one, and each is there once. */
function checkWords(where: string, words: unknown, layout: Layout): void {
  const size = layout.dims['vocab'];
  const isWords = Array.isArray(words) && words.every((word) => typeof word === 'string');
  if (!isWords || (size !== undefined && words.length !== size)) {
    throw fileError(
      `${where}: expected ${size === undefined ? 'a list of' : `a list of ${size}`} words as vocabulary, found ${isWords ? words.length : 'something else'}; it belongs to another model.`,
    );
  }
  const ids = new Map<string, number>();
  words.forEach((word: string, id) => {
    const first = ids.get(word);
    if (first !== undefined) {
      throw fileError(
        `${where}: expected each word once as vocabulary, found ${shown(word)} with the ids ${first} and ${id}; a word has one id.`,
      );
    }
    ids.set(word, id);
  });
}
