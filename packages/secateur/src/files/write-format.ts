import { layoutToJson, type NamedArray, type Weights } from '@secateur/groups';
import { secateurToTorch, transpose } from '@secateur/pruner';
import { linkParts, type Facts, type OwnLayer } from '@secateur/pruner/names';
import { encodeAs, encodeSafetensors, type SafetensorsInput } from '@secateur/safetensors';
import { CommandError } from '../command-error.ts';
import { describeChain, type Chain } from '../network/chain.ts';
import { writeOutput } from './output.ts';
import { readBack } from './read-back.ts';
import type { Metadata } from './own-metadata.ts';

/** Formats of weights alone, by what `--to` calls them. */
export type WeightsFormat = 'secateur' | 'pytorch' | 'keras';

/** How weights are written. */
export interface WriteOptions {
  readonly float16: boolean;
}

/** Writes the weights of a chain as a safetensors file with the names of that library. */
export function writeWeights(
  out: string,
  chain: Chain,
  format: WeightsFormat,
  { float16 }: WriteOptions,
): void {
  const weights = namesOf[format](chain);
  const tensors: Record<string, SafetensorsInput> = {};
  for (const [name, array] of Object.entries(weights)) {
    tensors[name] = encodeAs(array, float16 ? 'F16' : 'F32');
  }
  const secateur = JSON.stringify(metadataOf(chain, weights));
  writeOutput(out, encodeSafetensors(tensors, { format: formatNames[format], secateur }));
}

/** What the libraries themselves write as the format. */
const formatNames = { secateur: 'secateur', pytorch: 'pt', keras: 'keras' } as const;

const namesOf: Readonly<Record<WeightsFormat, (chain: Chain) => Weights>> = {
  secateur: (chain) => describeChain(chain).weights,
  pytorch: ({ layers }) => torchNames(layers),
  keras: ({ layers }) => kerasNames(layers),
};

/** A reader of ours needs no other file: layout, order and what cells add to their gates are in it. */
function metadataOf(chain: Chain, weights: Weights): Metadata {
  const facts = factsOf(chain);
  const parts = readBack(chain, weights, facts);
  const order = chain.layers.map(({ name }) => name);
  const { layout } = linkParts(parts, weights, { order });
  return { layout: layoutToJson(layout), order, facts };
}

/** What the Recurrent Highway layers add to their gates; that of an LSTM is in its bias. */
export function factsOf({ layers }: Chain): Facts {
  for (const layer of layers) {
    if (layer.kind !== 'recurrent') continue;
    const transformBias = layer.directions[0]!.settings['transformBias'];
    if (transformBias !== undefined) return { transformBias };
  }
  return {};
}

/** One module for each recurrent layer: pruned layers differ in size, and a module of several has one. */
function torchNames(layers: readonly OwnLayer[]): Weights {
  const weights: Record<string, NamedArray> = {};
  for (const layer of layers) {
    if (layer.kind === 'embedding') weights[`${layer.name}.weight`] = layer.table;
    else if (layer.kind === 'dense') {
      const zeros = {
        shape: [layer.kernel.shape[1]!],
        data: new Float32Array(layer.kernel.shape[1]!),
      };
      weights[`${layer.name}.weight`] = transpose(layer.kernel);
      weights[`${layer.name}.bias`] = layer.bias ?? zeros;
    } else Object.assign(weights, torchModule(layer));
  }
  return weights;
}

function torchModule({ name, directions }: Extract<OwnLayer, { kind: 'recurrent' }>): Weights {
  const cell = directions[0]!.cell.name;
  if (cell !== 'lstm' && cell !== 'gru') {
    throw new CommandError(
      `expected an LSTM, or a GRU that resets after the recurrent product, for PyTorch, found the cell "${cell}" in "${name}"; choose another format.`,
    );
  }
  const named = directions.flatMap((own, i) =>
    Object.entries(own.weights).map(
      ([part, array]) => [`${['f', 'b'][i]}/${part}`, array] as const,
    ),
  );
  return secateurToTorch(Object.fromEntries(named), {
    ...{
      cell,
      prefix: `${name}.`,
      name: (layer, reverse) => (layer > 0 ? 'none' : reverse ? 'b' : 'f'),
    },
  });
}

function kerasNames(layers: readonly OwnLayer[]): Weights {
  const weights: Record<string, NamedArray> = {};
  for (const layer of layers) {
    const { name } = layer;
    if (layer.kind === 'embedding') weights[`${name}/embeddings`] = layer.table;
    else if (layer.kind === 'dense') {
      weights[`${name}/kernel`] = layer.kernel;
      if (layer.bias !== undefined) weights[`${name}/bias`] = layer.bias;
    } else {
      layer.directions.forEach(({ cell, weights: own }, i) => {
        if (cell.name === 'rhn') {
          throw new CommandError(
            `expected a cell that Keras has, found "${cell.name}" in "${name}"; choose another format.`,
          );
        }
        const prefix =
          layer.directions.length === 1 ? name : `${name}/${['forward', 'backward'][i]}`;
        weights[`${prefix}/kernel`] = own['kernel']!;
        weights[`${prefix}/recurrent_kernel`] = own['recurrent']!;
        weights[`${prefix}/bias`] =
          own['recurrentBias'] === undefined
            ? own['bias']!
            : stacked(own['bias']!, own['recurrentBias']);
      });
    }
  }
  return weights;
}

/** Two biases as the rows that Keras's GRU has. */
function stacked(one: NamedArray, other: NamedArray): NamedArray {
  const data = new Float32Array(2 * one.data.length);
  data.set(one.data);
  data.set(other.data, one.data.length);
  return { shape: [2, one.data.length], data };
}
