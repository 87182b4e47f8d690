import { checkOptions, isRecord } from '@secateur/input';
import type { io } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { argumentError, fileError } from '../pruner-error.ts';
import type { LoadLayersModelOptions } from '../tfjs/load/load-layers-model.ts';
import { requireLayersModel } from '../tfjs/require-layers-model.ts';
import { peekJson, readJsonFile, readModelFile, toJsonText } from './read-files.ts';
import { replaceFiles, type ModelFiles } from './replace-files.ts';

/** Options of {@link saveLayersModel}. */
export interface SaveLayersModelOptions {
  /** What a reader should know of the pruning (kept indices, layout); stored as `userDefinedMetadata.iss`, plain JSON. */
  readonly iss?: Readonly<Record<string, unknown>>;
  /** Whether the optimizer of a compiled model is written too, with its state; default false. */
  readonly includeOptimizer?: boolean;
}

const modelFile = 'model.json';
const shardBytes = 4 * 1024 * 1024;
const shardPattern = /^group1-shard\d+of\d+\.bin$/;

/** What a directory of a `tf.LayersModel` holds. */
const layersModel: ModelFiles = {
  manifest: modelFile,
  isOurs: isLayersModelFile,
  isModel: (folder) => Array.isArray(peekJson(folder, modelFile)?.['weightsManifest']),
};

/** Whether a name is one that {@link saveLayersModel} writes. */
export function isLayersModelFile(name: string): boolean {
  return name === modelFile || shardPattern.test(name);
}

/**
 * Writes a `tf.LayersModel` to a directory as `model.json` and weight files of at most 4 MB, in plain Node and on any
 * backend. Every TensorFlow.js can load it, over HTTP or from files.
 *
 * @example
 * ```ts
 * import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { layers, sequential } from '@tensorflow/tfjs-layers';
 * import { useBackend } from '@secateur/backend';
 * import { saveLayersModel } from '@secateur/pruner/node';
 *
 * await useBackend('cpu');
 * const model = sequential({ layers: [layers.dense({ units: 3, inputShape: [2] })] });
 * const directory = mkdtempSync(join(tmpdir(), 'example-'));
 * await saveLayersModel(model, directory);
 * readdirSync(directory).sort(); // => ['group1-shard1of1.bin', 'model.json']
 * model.dispose();
 * rmSync(directory, { recursive: true });
 * ```
 */
export async function saveLayersModel(
  model: LayersModel,
  directory: string,
  options: SaveLayersModelOptions = {},
): Promise<void> {
  checkOptions('saveLayersModel', options, { iss: true, includeOptimizer: true }, argumentError);
  requireLayersModel(model, 'saveLayersModel');
  const known = model.getUserDefinedMetadata() as Record<string, unknown> | undefined;
  const metadata = options.iss === undefined ? known : { ...known, iss: options.iss };
  const { includeOptimizer = false } = options;
  await model.save(layersModelFiles(directory, metadata), { includeOptimizer });
}

/**
 * Reads a `tf.LayersModel` written by {@link saveLayersModel}, any other TensorFlow.js or its converter from Keras 2 and 3, in
 * plain Node. For one with a Keras `GRU` of `reset_after`, call `registerLayers()` of `@secateur/cells/layers` first. No initializer is run, and the model keeps them all; one that was saved with its optimizer comes back compiled.
 *
 * @example
 * ```ts
 * import { mkdtempSync, rmSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { layers, sequential } from '@tensorflow/tfjs-layers';
 * import { useBackend } from '@secateur/backend';
 * import { loadLayersModel, saveLayersModel } from '@secateur/pruner/node';
 *
 * await useBackend('cpu');
 * const ones = layers.dense({ units: 1, inputShape: [2], kernelInitializer: 'ones' });
 * const directory = mkdtempSync(join(tmpdir(), 'example-'));
 * await saveLayersModel(sequential({ layers: [ones] }), directory);
 * const model = await loadLayersModel(directory);
 * model.getWeights()[0]?.dataSync(); // => [1, 1]
 * rmSync(directory, { recursive: true });
 * ```
 */
export async function loadLayersModel(
  directory: string,
  options: LoadLayersModelOptions = {},
): Promise<LayersModel> {
  // Loaded here, as is all of TensorFlow.js in this file: whoever reads a directory of ours needs none of it.
  const { buildLayersModel } = await import('../tfjs/load/load-layers-model.ts');
  const artifacts = await layersModelFiles(directory).load();
  return buildLayersModel(artifacts, options, ` in "${directory}"`);
}

/** What {@link layersModelFiles} returns: both directions of TensorFlow.js's `io.IOHandler`. */
export interface LayersModelFiles {
  /** Writes the artifacts of `model.save(handler)`. */
  save(artifacts: io.ModelArtifacts): Promise<io.SaveResult>;
  /** Reads artifacts for `loadLayersModel(handler)`. */
  load(): Promise<io.ModelArtifacts>;
}

/**
 * Makes a directory an IO handler for `model.save` and TensorFlow.js's own `loadLayersModel`.
 *
 * @example
 * ```ts
 * import { mkdtempSync, rmSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { layers, loadLayersModel, sequential } from '@tensorflow/tfjs-layers';
 * import { useBackend } from '@secateur/backend';
 * import { layersModelFiles } from '@secateur/pruner/node';
 *
 * await useBackend('cpu');
 * const model = sequential({ layers: [layers.dense({ units: 3, inputShape: [2] })] });
 * const directory = mkdtempSync(join(tmpdir(), 'example-'));
 * const handler = layersModelFiles(directory, { words: ['a', 'b'] });
 * await model.save(handler);
 * // TensorFlow.js's own loader, and what was said of the model.
 * const loaded = await loadLayersModel(handler);
 * loaded.countParams(); // => 9
 * loaded.getUserDefinedMetadata(); // => { words: ['a', 'b'] }
 * rmSync(directory, { recursive: true });
 * ```
 */
export function layersModelFiles(
  directory: string,
  metadata?: Readonly<Record<string, unknown>>,
): LayersModelFiles {
  return {
    save: (artifacts) => saveArtifacts(directory, artifacts, metadata),
    // A promise, so that what is thrown rejects it.
    load: () => Promise.resolve().then(() => loadArtifacts(directory)),
  };
}

async function saveArtifacts(
  directory: string,
  artifacts: io.ModelArtifacts,
  metadata: Readonly<Record<string, unknown>> | undefined,
): Promise<io.SaveResult> {
  const { io } = await import('@tensorflow/tfjs-core');
  const { modelTopology, weightSpecs = [], weightData, trainingConfig } = artifacts;
  const bytes = new Uint8Array(
    weightData === undefined
      ? new ArrayBuffer(0)
      : io.CompositeArrayBuffer.join(weightData as ArrayBuffer),
  );
  const count = Math.max(1, Math.ceil(bytes.length / shardBytes));
  const files = new Map<string, Uint8Array | string>();
  for (let shard = 0; shard < count; shard++) {
    const slice = bytes.subarray(shard * shardBytes, (shard + 1) * shardBytes);
    files.set(`group1-shard${shard + 1}of${count}.bin`, slice);
  }
  const userDefinedMetadata = metadata ?? artifacts.userDefinedMetadata;
  const json = {
    modelTopology,
    format: artifacts.format,
    generatedBy: artifacts.generatedBy,
    convertedBy: artifacts.convertedBy,
    weightsManifest: [{ paths: [...files.keys()], weights: weightSpecs }],
    ...(trainingConfig === undefined ? {} : { trainingConfig }),
    ...(userDefinedMetadata === undefined ? {} : { userDefinedMetadata }),
  };
  files.set(modelFile, toJsonText('saveLayersModel', 'the metadata', json));
  replaceFiles('saveLayersModel', directory, files, layersModel);
  return { modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts) };
}

function loadArtifacts(directory: string): io.ModelArtifacts {
  const caller = 'loadLayersModel';
  const json = readJsonFile(caller, directory, modelFile);
  const { modelTopology, weightsManifest, trainingConfig, userDefinedMetadata } = json;
  // The converter writes a format, and every graph has a list of nodes.
  if (json['format'] === 'graph-model' || isGraph(modelTopology)) {
    throw fileError(
      `${caller}: expected a tf.LayersModel in "${directory}", found a tf.GraphModel, which is a graph of operations without layers; convert the Keras model with tensorflowjs_converter --output_format=tfjs_layers_model.`,
    );
  }
  if (
    !isRecord(modelTopology) ||
    !Array.isArray(weightsManifest) ||
    !weightsManifest.every(isGroup)
  ) {
    throw fileError(
      `${caller}: expected modelTopology and weightsManifest in ${modelFile} of "${directory}", found keys ${Object.keys(json).join(', ') || '(none)'}; was it saved from a tf.LayersModel?`,
    );
  }
  const parts: Uint8Array[] = [];
  for (const path of weightsManifest.flatMap((group) => group.paths)) {
    // A colon names a drive or a stream of a file on Windows.
    if (!/^[^/\\:]+$/.test(path) || path === '..') {
      throw fileError(
        `${caller}: expected weight files beside ${modelFile} in "${directory}", found the path "${path}"; put them into one directory.`,
      );
    }
    parts.push(readModelFile(caller, directory, path));
  }
  const weightSpecs = weightsManifest.flatMap((group) => group.weights);
  const expected = specBytes(weightSpecs);
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (expected !== undefined && expected !== length) {
    throw fileError(
      `${caller}: expected ${expected} bytes of weights in "${directory}", found ${length}; a weight file is damaged, save the model again.`,
    );
  }
  const weightData = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    weightData.set(part, offset);
    offset += part.length;
  }
  return {
    modelTopology,
    weightSpecs,
    weightData: weightData.buffer,
    ...(isRecord(trainingConfig)
      ? { trainingConfig: trainingConfig as unknown as io.TrainingConfig }
      : {}),
    ...(isRecord(userDefinedMetadata)
      ? { userDefinedMetadata: userDefinedMetadata as Record<string, object> }
      : {}),
  };
}

function isGraph(topology: unknown): boolean {
  return isRecord(topology) && Array.isArray(topology['node']);
}

interface Group {
  readonly paths: readonly string[];
  readonly weights: io.WeightsManifestEntry[];
}

function isGroup(value: unknown): value is Group {
  if (!isRecord(value)) return false;
  const { paths, weights } = value;
  return (
    Array.isArray(paths) &&
    paths.every((path) => typeof path === 'string') &&
    Array.isArray(weights) &&
    weights.every((weight) => isRecord(weight) && Array.isArray(weight['shape']))
  );
}

/** Bytes that float32 and int32 weights take; undefined if some are quantized or of another type. */
function specBytes(specs: readonly io.WeightsManifestEntry[]): number | undefined {
  let bytes = 0;
  for (const { shape, dtype, quantization } of specs) {
    if (quantization !== undefined || (dtype !== 'float32' && dtype !== 'int32')) return undefined;
    bytes += 4 * shape.reduce((product, size) => product * size, 1);
  }
  return bytes;
}
