import {
  layoutFromJson,
  layoutToJson,
  recurrentDims,
  type Layout,
  type Weights,
} from '@secateur/groups';
import { encodeSafetensors } from '@secateur/safetensors';
import { checkWeights, messageOf } from '../check-weights.ts';
import { PrunerError } from '../pruner-error.ts';
import { readWeights } from '../safetensors.ts';
import {
  isObject,
  parseModelJson,
  peekJson,
  readJsonFile,
  readModelFile,
  toJsonText,
} from './read-files.ts';
import { isLayersModelFile } from './layers-model-files.ts';
import { replaceFiles, type ModelFiles } from './replace-files.ts';

/** What {@link writeModelDirectory} writes. */
export interface ModelDirectoryInput {
  /** Weights under the names of the layout. */
  readonly weights: Weights;
  /** Layout of exactly these weights. */
  readonly layout: Layout;
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
  /** What was given as architecture. */
  readonly architecture: Readonly<Record<string, unknown>>;
  /** What kind of network it is. */
  readonly modelType: string;
  /** What was removed when, oldest first. */
  readonly history: readonly unknown[];
  /** Words in the order of their ids, if the directory has them. */
  readonly vocabulary: readonly string[] | undefined;
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
  const vocab = layout.dims['vocab'];
  const config = {
    model_type: modelType,
    architecture,
    hidden_sizes: recurrentDims(layout).map((dim) => layout.dims[dim]!),
    ...(vocab === undefined ? {} : { vocab_size: vocab }),
    layout: layoutToJson(layout),
    iss: { history },
    ...(input.files === undefined ? {} : { files: Object.keys(input.files) }),
  };
  const text = (what: string, value: unknown) => toJsonText('writeModelDirectory', what, value);
  const files = new Map<string, Uint8Array | string>([
    [weightsFile, encodeSafetensors(weights, { format: 'secateur' })],
    [configFile, text('architecture and history', config)],
  ]);
  if (input.vocabulary) files.set(vocabularyFile, text('vocabulary', input.vocabulary));
  for (const [name, bytes] of Object.entries(input.files ?? {})) {
    if (!isFurtherFile(name)) {
      throw new PrunerError(
        `writeModelDirectory: expected names of further files without folders and none that a model has, found "${name}"; choose another.`,
      );
    }
    files.set(name, bytes);
  }
  replaceFiles('writeModelDirectory', directory, files, modelFiles(directory));
}

const modelNames = [configFile, weightsFile, vocabularyFile];
const layersModelFolder = 'tfjs';

/** Whether a model may have a further file of this name. */
function isFurtherFile(name: unknown): name is string {
  return typeof name === 'string' && /^[^./\\:][^/\\:]*$/.test(name) && !modelNames.includes(name);
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
      return typeof config?.['model_type'] === 'string' && isObject(config['layout']);
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
 * become float32. Whatever is malformed or missing is a `PrunerError`.
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
  const history = isObject(iss) ? (iss['history'] ?? []) : undefined;
  if (typeof modelType !== 'string' || !isObject(architecture) || !Array.isArray(history)) {
    throw new PrunerError(
      `${caller}: expected model_type, architecture and iss.history in ${configFile} of "${directory}", found keys ${Object.keys(config).join(', ') || '(none)'}; was it written by writeModelDirectory?`,
    );
  }
  const layout = readLayout(caller, directory, config['layout']);
  const weights = readWeights(caller, `${weightsFile} of "${directory}"`, bytes);
  checkWeights(`${caller}: "${directory}"`, weights, layout);
  const vocabulary = readVocabulary(caller, directory, layout.dims['vocab']);
  return { weights, layout, architecture, modelType, history, vocabulary };
}

function readLayout(caller: string, directory: string, json: unknown): Layout {
  try {
    return layoutFromJson(json);
  } catch (cause) {
    throw new PrunerError(
      `${caller}: expected a layout in ${configFile} of "${directory}", found one that is not valid: ${messageOf(cause)}`,
      { cause },
    );
  }
}

function readVocabulary(
  caller: string,
  directory: string,
  size: number | undefined,
): string[] | undefined {
  let bytes: Uint8Array;
  try {
    bytes = readModelFile(caller, directory, vocabularyFile);
  } catch (error) {
    const { cause } = error as PrunerError;
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const words = parseModelJson(caller, directory, vocabularyFile, bytes);
  const isWords = Array.isArray(words) && words.every((word) => typeof word === 'string');
  if (!isWords || (size !== undefined && (words as string[]).length !== size)) {
    throw new PrunerError(
      `${caller}: expected ${size === undefined ? 'a list of' : `a list of ${size}`} words in ${vocabularyFile} of "${directory}", found ${isWords ? (words as string[]).length : 'something else'}; it belongs to another model.`,
    );
  }
  return words as string[];
}
