import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import {
  layersModelLayout,
  recurrentDims,
  type LayersModelLike,
  type NamedArray,
  type Weights,
} from '@secateur/groups';
import { isRecord, parseJson } from '@secateur/input';
import type { ReadableModel } from '@secateur/onnx';
import { CommandError } from '../command-error.ts';
import { chainOf } from '../network/chain.ts';
import type { InputSpec, OutputValues, Runner } from '../network/random.ts';
import { kerasParts } from '@secateur/pruner/names';
import { requireDims } from './choose.ts';
import type { FolderTools } from './folder-tools.ts';
import type { ModelFile } from './model-file.ts';

/** Reads a folder with `model.json` and its weights, by TensorFlow.js of the user's folder. */
export async function openLayersModel(path: string, tools: FolderTools): Promise<ModelFile> {
  const model = await tools.node.loadLayersModel(path, { optimizer: 'none' });
  return layersModelFile({ path, ...filesOf(path) }, model, tools);
}

/** A model that TensorFlow.js has in memory, as commands see one. */
function layersModelFile(
  { path, bytes, lost = [] }: { path: string; bytes: number; lost?: readonly string[] },
  model: LayersModel,
  tools: FolderTools,
): ModelFile {
  const { layout, notes: found } = layersModelLayout(model as unknown as LayersModelLike, {
    explain: true,
  });
  const weights = weightsOf(model);
  const notes = [...found, ...lost];
  const file: ModelFile = {
    ...{ path, bytes, weights, layout, notes, dims: recurrentDims(layout), equal: [] },
    title: 'tf.LayersModel',
    notInChain: leftOut(model),
    smaller(options) {
      const { target, roundTo, atLeast, dims } = options;
      requireDims(dims ?? file.dims, file.dims, found);
      const pruned = tools.tfjs.pruneLayersModel(model, {
        ...(dims === undefined ? {} : { dims }),
        ...(atLeast === undefined ? {} : { atLeast }),
        ...(target === undefined
          ? {}
          : { target: { ...target, ...(roundTo === undefined ? {} : { roundTo }) } }),
      });
      const smaller = layersModelFile({ path, bytes: 0 }, pruned.model, tools);
      return Promise.resolve({ model: smaller, report: pruned.report, exact: pruned.exact });
    },
    chain: () => chainOfModel(model),
    async toOnnx() {
      const { encodeOnnx, layersModelToOnnx } = await import('@secateur/onnx');
      return encodeOnnx(await layersModelToOnnx(model as unknown as ReadableModel));
    },
    runner: () => Promise.resolve(runnerOf(model, tools)),
    async save(out) {
      await tools.node.saveLayersModel(model, out);
      return filesOf(out).bytes;
    },
  };
  return file;
}

/** The bytes of a model that was read or written, and what of its files a smaller one does not have. */
function filesOf(folder: string): { readonly bytes: number; readonly lost: readonly string[] } {
  // Editors on Windows begin a file with a mark, which a decoder leaves out.
  const json = new TextDecoder().decode(readFileSync(join(folder, 'model.json')));
  const { weightsManifest, trainingConfig } = parseJson(json) as {
    weightsManifest: { paths: string[]; weights: { quantization?: { dtype: string } }[] }[];
    trainingConfig?: unknown;
  };
  const names = ['model.json', ...weightsManifest.flatMap(({ paths }) => paths)];
  const types = weightsManifest.flatMap(({ weights }) =>
    weights.flatMap(({ quantization }) => quantization?.dtype ?? []),
  );
  const stored = [...new Set(types)].join(' and ');
  return {
    bytes: names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0),
    lost: [
      ...(stored === ''
        ? []
        : [`its weights are stored as ${stored}; a smaller model has them as float32`]),
      ...(isRecord(trainingConfig)
        ? ['it was saved with its optimizer; a smaller model is written without, so compile it']
        : []),
    ],
  };
}

/** Weights under the names that the layout has. */
function weightsOf(model: LayersModel): Weights {
  const weights: Record<string, NamedArray> = {};
  for (const weight of model.weights) {
    const value = weight.read();
    weights[weight.name] = { shape: [...value.shape], data: Float32Array.from(value.dataSync()) };
  }
  return weights;
}

/** A layer as far as a chain looks at it. */
interface LayerView {
  readonly name: string;
  readonly weights: readonly { readonly originalName: string; read(): Tensor }[];
  getClassName(): string;
  getConfig(): Record<string, unknown>;
}

const passing = ['InputLayer', 'Dropout', 'SpatialDropout1D', 'GaussianNoise', 'Activation'];
const known = ['Embedding', 'LSTM', 'GRU', 'ResetAfterGRU', 'SimpleRNN', 'Dense'];

/** The layers of a sequential model; the names of their weights are Keras's. */
function chainOfModel(model: LayersModel): ReturnType<typeof chainOf> {
  const layers = model.layers as unknown as readonly LayerView[];
  const weights: Record<string, NamedArray> = {};
  const order: string[] = [];
  if (model.getClassName() !== 'Sequential') {
    throw refused(`a model of class ${model.getClassName()}`, 'only a Sequential model is a chain');
  }
  for (const [i, layer] of layers.entries()) {
    const kind = layer.getClassName();
    const both = directionsOf(layer);
    both.forEach(({ inner }, direction) => {
      checkSettings(inner, inner.getClassName(), i === layers.length - 1, direction === 1);
    });
    if (passing.includes(kind)) continue;
    order.push(layer.name);
    for (const { inner, prefix } of both) {
      Object.assign(weights, zeroBias(inner, prefix));
      for (const weight of inner.weights) {
        const value = weight.read();
        const last = weight.originalName.split('/').at(-1)!;
        weights[`${prefix}/${last}`] = {
          shape: [...value.shape],
          data: Float32Array.from(value.dataSync()),
        };
      }
    }
  }
  return chainOf(kerasParts(weights, 'Keras'), order, weights);
}

/** The bias of a GRU that has none: its shape is what says of the names where the layer resets. */
function zeroBias(layer: LayerView, prefix: string): Weights {
  const kind = layer.getClassName();
  const recurrent = layer.weights.find(({ originalName: name }) =>
    name.endsWith('recurrent_kernel'),
  );
  const [, width = 0] = recurrent?.read().shape ?? [];
  const rows = { GRU: [], ResetAfterGRU: [2] }[kind];
  if (rows === undefined || layer.getConfig()['useBias'] !== false) return {};
  const shape = [...rows, width];
  return { [`${prefix}/bias`]: { shape, data: new Float32Array((rows[0] ?? 1) * width) } };
}

/** A softmax at the end, and outputs of one step, which a file of weights cannot say. */
function leftOut(model: LayersModel): string | undefined {
  const last = (model.layers as unknown as readonly LayerView[]).at(-1)!;
  const found = [
    ...(last.getConfig()['activation'] === 'softmax' ? [`the softmax of "${last.name}"`] : []),
    ...(model.outputs[0]!.shape.length === 2 ? ['that it gives the last step only'] : []),
  ];
  return found.length === 0 ? undefined : found.join(', and ');
}

/** The layers that hold weights: one itself, or both directions, and how a chain calls their weights. */
function directionsOf(layer: LayerView): { inner: LayerView; prefix: string }[] {
  if (layer.getClassName() !== 'Bidirectional') return [{ inner: layer, prefix: layer.name }];
  const { mergeMode, forwardLayer, backwardLayer } = layer as LayerView & {
    readonly mergeMode?: unknown;
    readonly forwardLayer?: LayerView;
    readonly backwardLayer?: LayerView;
  };
  if (mergeMode !== 'concat') {
    throw refused(
      `mergeMode ${String(mergeMode)} in "${layer.name}"`,
      'a chain sets both outputs side by side',
    );
  }
  return [
    { inner: forwardLayer!, prefix: `${layer.name}/forward` },
    { inner: backwardLayer!, prefix: `${layer.name}/backward` },
  ];
}

/** A chain has the activations that its cells have, and between dense layers none. */
function checkSettings(layer: LayerView, kind: string, last: boolean, backwards: boolean): void {
  if (!known.includes(kind) && !passing.includes(kind)) {
    throw refused(
      `a layer of class ${kind} ("${layer.name}")`,
      'convert to another format by hand, or to ONNX',
    );
  }
  const { activation = 'linear', recurrentActivation, goBackwards, maskZero } = layer.getConfig();
  if (maskZero === true) throw refused(`maskZero in "${layer.name}"`, 'a chain reads every step');
  const own =
    { LSTM: 'tanh', GRU: 'tanh', ResetAfterGRU: 'tanh', SimpleRNN: 'tanh' }[kind] ?? 'linear';
  // What a loss has inside may stand at the end: a file of weights ends with the logits.
  const fits = activation === own || (last && activation === 'softmax');
  if (
    !fits ||
    (recurrentActivation !== undefined && recurrentActivation !== 'sigmoid') ||
    (goBackwards === true) !== backwards
  ) {
    const found = !fits
      ? `activation ${String(activation)}`
      : (goBackwards === true) !== backwards
        ? 'goBackwards'
        : `recurrentActivation ${String(recurrentActivation)}`;
    throw refused(`${found} in "${layer.name}"`, 'names of weights cannot say that');
  }
}

const refused = (found: string, why: string): CommandError =>
  new CommandError(
    `expected layers that follow each other, with the activations of PyTorch, found ${found}; ${why}.`,
  );

function runnerOf(model: LayersModel, { core, backend }: FolderTools): Runner {
  return {
    by: `TensorFlow.js, ${backend}`,
    inputs: (batch, steps) =>
      model.inputs.map((input): InputSpec => {
        const shape = input.shape.map((size, axis) => size ?? (axis === 0 ? batch : steps));
        const table = (
          model.layers as unknown as readonly (LayerView & {
            inboundNodes: { inputTensors: unknown[] }[];
          })[]
        ).find(
          (layer) =>
            layer.getClassName() === 'Embedding' &&
            layer.inboundNodes.some((node) => node.inputTensors.includes(input)),
        );
        const rows = table?.getConfig()['inputDim'];
        return { name: input.name, shape, ...(typeof rows === 'number' ? { below: rows } : {}) };
      }),
    async run(inputs) {
      const tensors = inputs.map(({ data, shape, below }) =>
        core.tensor(
          below === undefined ? Float32Array.from(data) : Int32Array.from(data),
          [...shape],
          below === undefined ? 'float32' : 'int32',
        ),
      );
      const found = model.predict(tensors.length === 1 ? tensors[0]! : tensors);
      const outputs = Array.isArray(found) ? found : [found];
      const values: OutputValues[] = [];
      for (const output of outputs) values.push({ shape: output.shape, data: await output.data() });
      core.dispose([...tensors, ...outputs]);
      return values;
    },
  };
}
