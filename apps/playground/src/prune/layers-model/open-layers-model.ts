import { layersModelLayout, recurrentDims, type NamedArray, type Weights } from '@secateur/groups';
import { isRecord, parseJson } from '@secateur/input';
import { kerasToTfjs, prune, report, type ModelJson } from '@secateur/pruner';
import { joinBytes } from '../../join-bytes.ts';
import { choose } from '../choose.ts';
import { FileError, type Given, type Opened } from '../opened.ts';
import { graphOf, type LayerJson } from './graph.ts';

interface Spec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype?: string;
  readonly quantization?: unknown;
}

type Manifest = readonly { readonly paths: readonly string[]; readonly weights: readonly Spec[] }[];

/** Reads `model.json` and the files of weights beside it, without TensorFlow.js. */
export function openLayersModel(json: Given, others: readonly Given[]): Opened {
  const parsed = parseJson(new TextDecoder().decode(json.bytes));
  if (!isRecord(parsed) || !isRecord(parsed['modelTopology'])) {
    throw new FileError(
      `${json.name}: expected the model.json of a tf.LayersModel, found other JSON.`,
    );
  }
  const file = kerasToTfjs(parsed as ModelJson);
  const manifest = file.weightsManifest as Manifest | undefined;
  if (!Array.isArray(manifest))
    throw new FileError(`${json.name}: expected a weightsManifest, found none.`);
  const weights = weightsOf(manifest as Manifest, others);
  const variables = Object.entries(weights).map(([name, { shape }]) => ({
    ...{ name, originalName: name, shape },
  }));
  const topology = file.modelTopology as Record<string, unknown>;
  const model = (topology['model_config'] ?? topology) as LayerJson;
  const graph = graphOf(model, variables);
  const { layout, notes } = layersModelLayout(graph, { explain: true });
  const dims = recurrentDims(layout);
  const pairs = dims
    .filter((dim) => dim.endsWith('/forward'))
    .map((dim) => [dim, dim.replace(/forward$/, 'backward')]);
  return {
    ...{ title: 'tf.LayersModel', name: json.name, layout, weights, dims, notes },
    bytes: [json, ...others].reduce((sum, { bytes }) => sum + bytes.length, 0),
    smaller(share) {
      const { kept, exact } = choose(weights, layout, dims, pairs, share);
      const cut = prune(weights, layout, kept);
      return {
        files: written(file, manifest as Manifest, cut.weights),
        report: report(layout, cut.layout),
        exact,
      };
    },
  };
}

function weightsOf(manifest: Manifest, others: readonly Given[]): Weights {
  const weights: Record<string, NamedArray> = {};
  for (const group of manifest) {
    const bytes = joinBytes(
      group.paths.map((path) => {
        const found = others.find(({ name }) => name === path.split('/').at(-1));
        if (found !== undefined) return found.bytes;
        throw new FileError(
          `The weights are in "${path}": give that file together with model.json.`,
        );
      }),
    );
    let at = 0;
    for (const { name, shape, dtype = 'float32', quantization } of group.weights) {
      if (dtype !== 'float32' || quantization !== undefined) {
        throw new FileError(
          `"${name}": expected weights of float32, found ${quantization === undefined ? dtype : 'quantized ones'}; convert the model without quantization.`,
        );
      }
      const length = shape.reduce((a, b) => a * b, 1);
      if (at + 4 * length > bytes.length) {
        throw new FileError(
          `The weights end before "${name}": a file is cut off, or another model's.`,
        );
      }
      weights[name] = {
        shape: [...shape],
        data: new Float32Array(bytes.slice(at, at + 4 * length).buffer),
      };
      at += 4 * length;
    }
    if (at !== bytes.length)
      throw new FileError(
        'The weights are longer than model.json says: are they of another model?',
      );
  }
  return weights;
}

/** `model.json` with the sizes that are left, and the weights in one file. */
function written(file: ModelJson, manifest: Manifest, weights: Weights): Given[] {
  const specs = manifest
    .flatMap((group) => group.weights)
    .map((spec) => ({ ...spec, shape: weights[spec.name]!.shape }));
  const topology = structuredClone(file.modelTopology) as Record<string, unknown>;
  const model = (topology['model_config'] ?? topology) as LayerJson;
  const layers = (
    Array.isArray(model.config) ? model.config : model.config['layers']
  ) as LayerJson[];
  for (const layer of layers) resize(layer, String(layer.config['name'] ?? layer.name), weights);
  const json = {
    ...file,
    modelTopology: topology,
    weightsManifest: [{ paths: ['weights.bin'], weights: specs }],
  };
  const data = joinBytes(
    specs.map(({ name }) => {
      const values = weights[name]!.data;
      return new Uint8Array(Float32Array.from(values).buffer);
    }),
  );
  return [
    { name: 'model.json', bytes: new TextEncoder().encode(JSON.stringify(json)) },
    { name: 'weights.bin', bytes: Uint8Array.from(data) },
  ];
}

/** A recurrent layer has as many units as its recurrent weights have rows; only such layers get smaller. */
function resize({ class_name: kind, config }: LayerJson, name: string, weights: Weights): void {
  const inner = config['layer'] as LayerJson | undefined;
  if (kind === 'Bidirectional' && inner !== undefined) {
    const own = Object.keys(weights).find(
      (each) => each.startsWith(`${name}/forward`) && each.endsWith('/recurrent_kernel'),
    );
    if (own !== undefined) inner.config['units'] = weights[own]!.shape[0];
    return;
  }
  const matrix = weights[`${name}/recurrent_kernel`];
  if (matrix !== undefined && 'units' in config) config['units'] = matrix.shape[0];
}
