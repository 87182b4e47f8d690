import { closeSync, readSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseJson, shown } from '@secateur/input';
import { fileTrouble, openRegularFile, readRegularFile } from '@secateur/safetensors/node';
import { CommandError } from '../command-error.ts';

/** What a path holds, told by its content. */
export interface Detected {
  readonly kind: 'safetensors' | 'model-directory' | 'layers-model' | 'onnx';
  /** The file, or the folder of a model of several files. */
  readonly path: string;
}

/**
 * Looks into a file or folder and tells what it holds; its name does not count.
 *
 * @throws CommandError for what no command reads, with what to do about it.
 */
export function detect(path: string): Detected {
  if (stat(path).isDirectory()) return inFolder(path);
  const head = readHead(path, 64);
  if (isSafetensors(head, path)) {
    return besideConfig(path)
      ? { kind: 'model-directory', path: dirname(path) }
      : { kind: 'safetensors', path };
  }
  const text = new TextDecoder().decode(head).trimStart();
  if (text.startsWith('{')) return ofJson(path);
  const other = others.find(({ magic }) => magic.every((byte, i) => head[i] === byte));
  if (other !== undefined) throw unknown(path, other.found, other.advice);
  if (isOnnx(head)) return { kind: 'onnx', path };
  if (head.length === 0) throw unknown(path, 'an empty file', 'write it again');
  throw unknown(path, `bytes that begin with ${shown(text.slice(0, 16))}`, 'is it a model?');
}

const unknown = (path: string, found: string, advice: string): CommandError =>
  new CommandError(
    `expected a safetensors file, a model.json, an ONNX file or a folder with a model as "${path}", found ${found}; ${advice}.`,
  );

/** Formats that are known and not read, by their first bytes. */
const others = [
  {
    magic: [0x89, 0x48, 0x44, 0x46],
    found: 'an HDF5 file, as Keras writes',
    advice:
      'convert it with tensorflowjs_converter --input_format=keras --output_format=tfjs_layers_model, or export it to ONNX',
  },
  {
    magic: [0x50, 0x4b, 3, 4],
    found: 'a ZIP archive, as torch.save and Keras 3 write',
    advice:
      'in PyTorch, safetensors.torch.save_model(model, "model.safetensors") writes what this reads; in Keras, export the model to ONNX',
  },
  {
    magic: [0x80],
    found: 'a Python pickle',
    advice:
      'in PyTorch, safetensors.torch.save_model(model, "model.safetensors") writes what this reads',
  },
];

function stat(path: string): ReturnType<typeof statSync> & object {
  try {
    return statSync(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): CommandError {
  const { found, advice } = fileTrouble(cause);
  return new CommandError(`expected a readable model as "${path}", found ${found}; ${advice}.`, {
    cause,
  });
}

function readHead(path: string, most: number): Uint8Array {
  try {
    const handle = openRegularFile(path, { follow: true });
    try {
      const bytes = new Uint8Array(most);
      return bytes.subarray(0, readSync(handle, bytes, 0, most, 0));
    } finally {
      closeSync(handle);
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** Reads all of a file that a user named. */
export function readUserFile(path: string): Uint8Array<ArrayBuffer> {
  try {
    return readRegularFile(path, { follow: true });
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** Eight bytes of a length, then the brace of a header; a file that was cut off still is one, and its reader says so. */
function isSafetensors(head: Uint8Array, path: string): boolean {
  if (head.length < 9 || head[8] !== 0x7b) return false;
  const length = new DataView(head.buffer, head.byteOffset).getBigUint64(0, true);
  return length < 100_000_000n && Number(length) <= Math.max(stat(path).size as number, 1_000_000);
}

/** A ModelProto begins with its fields in order: ir_version (1), then producer, domain, graph or opset. */
function isOnnx(head: Uint8Array): boolean {
  return (
    head[0] === 0x08 &&
    head[1]! > 0 &&
    head[1]! < 0x40 &&
    [0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42].includes(head[2]!)
  );
}

/** Whether a file is the weights of one of our model directories. */
function besideConfig(path: string): boolean {
  return (
    basename(path) === 'model.safetensors' &&
    isModelConfig(peek(join(dirname(path), 'config.json')))
  );
}

const isModelConfig = (json: unknown): boolean => {
  const config = (json ?? {}) as Record<string, unknown>;
  return typeof config['model_type'] === 'string' && typeof config['layout'] === 'object';
};

/** A JSON file, or undefined when there is none that can be read. */
function peek(path: string): unknown {
  try {
    return parseJson(new TextDecoder().decode(readRegularFile(path, { follow: true })));
  } catch {
    return undefined;
  }
}

function inFolder(path: string): Detected {
  if (isModelConfig(peek(join(path, 'config.json')))) return { kind: 'model-directory', path };
  if (isLayersModel(peek(join(path, 'model.json')))) return { kind: 'layers-model', path };
  if (isModelConfig(peek(join(path, 'model', 'config.json')))) {
    throw unknown(path, 'the folder of a run', `its model is "${join(path, 'model')}"`);
  }
  throw unknown(
    path,
    'a folder without config.json of Secateur and without model.json',
    'name the file',
  );
}

const isLayersModel = (json: unknown): boolean => {
  const model = (json ?? {}) as Record<string, unknown>;
  return typeof model['modelTopology'] === 'object' && Array.isArray(model['weightsManifest']);
};

function ofJson(path: string): Detected {
  const json = peek(path);
  if (json === undefined) throw unknown(path, 'JSON that is damaged', 'write the model again');
  // The reader takes the folder, and its file by the usual name.
  if (isLayersModel(json) && basename(path) === 'model.json')
    return { kind: 'layers-model', path: dirname(path) };
  if (isModelConfig(json)) return { kind: 'model-directory', path: dirname(path) };
  if (isLayersModel(json))
    throw unknown(
      path,
      'the model.json of a tf.LayersModel under another name',
      'name it model.json',
    );
  throw unknown(path, 'JSON that is no model', 'is it a layout? give that with --layout');
}
