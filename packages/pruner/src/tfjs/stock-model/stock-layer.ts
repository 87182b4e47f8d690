import { layers, type layers as Layers } from '@tensorflow/tfjs-layers';
import type {
  DescribedDense,
  DescribedRecurrent,
  LayerDescription,
  NamedArray,
  Weights,
} from '@secateur/groups';
import { convertGates, foldForgetBias } from '../../gates.ts';
import { transpose } from '../../matrix.ts';
import { type PrunerError, modelError } from '../../pruner-error.ts';

/** A layer of TensorFlow.js, which has no weights before it is built. */
type StockLayer = Layers.Layer;

/** A stock layer, and the weights that it is to have. */
export interface Stocked {
  readonly layer: StockLayer;
  readonly weights: readonly NamedArray[];
}

/** Settings that every stock recurrent layer takes, and an input shape for the first layer. */
export interface StockArgs {
  readonly stateful: boolean;
  readonly batchInputShape?: (number | null)[];
}

// Initializers that draw would keep whoever loads the model waiting for values that are then replaced.
const zeros = 'zeros' as const;

/** Builds the stock layer that computes what a layer of a network does, with the weights in the order that it wants. */
export function stockLayer(layer: LayerDescription, weights: Weights, args: StockArgs): Stocked {
  const { batchInputShape } = args;
  const input = batchInputShape === undefined ? {} : { batchInputShape };
  if (layer.kind === 'embedding') {
    const table = weights[layer.name]!;
    const [inputDim, outputDim] = table.shape as [number, number];
    const config = { name: layer.name, inputDim, outputDim, embeddingsInitializer: zeros };
    return { layer: layers.embedding({ ...config, ...input }), weights: [table] };
  }
  if (layer.kind === 'dense') return { ...stockDense(layer, weights, input) };
  if (layer.kind === 'recurrent') return stockRecurrent(layer, weights, args);
  throw noStockLayer(layer.name, `a layer of kind "${layer.kind}"`);
}

/** A dense layer; one that shares the table of an embedding gets a copy of it, turned round. */
export function stockDense(
  layer: DescribedDense,
  weights: Weights,
  input: { readonly batchInputShape?: (number | null)[] } = {},
): Stocked {
  const stored = weights[layer.kernel]!;
  const kernel = layer.transposed ? transpose(stored) : stored;
  const bias = layer.bias === undefined ? [] : [weights[layer.bias]!];
  const config = { name: layer.name, units: kernel.shape[1]!, kernelInitializer: zeros };
  return {
    layer: layers.dense({ ...config, ...input, useBias: bias.length > 0 }),
    weights: [kernel, ...bias],
  };
}

/** The cells that TensorFlow.js has a layer for. */
const recurrentLayers: Record<string, (args: never) => StockLayer> = {
  lstm: (args) => layers.lstm(args),
  'gru, reset before the product': (args) => layers.gru(args),
  'simple rnn': (args) => layers.simpleRNN(args),
  'simple rnn, relu': (args) => layers.simpleRNN(args),
};

function stockRecurrent(
  { name, cell, order, settings }: DescribedRecurrent,
  weights: Weights,
  { stateful, batchInputShape }: StockArgs,
): Stocked {
  const make = recurrentLayers[cell.name];
  if (make === undefined) throw noStockLayer(name, `the cell "${cell.name}"`);
  const { units, ...parts } = recurrentWeights(name, order, cell.orders['keras'] ?? order, weights);
  const gated = cell.name === 'lstm' || cell.name.startsWith('gru');
  const config = {
    ...{ name, units, returnSequences: true, stateful, recurrentInitializer: zeros },
    ...{ kernelInitializer: zeros, biasInitializer: zeros },
    ...(gated ? { recurrentActivation: 'sigmoid' } : {}),
    ...(cell.name === 'lstm' ? { unitForgetBias: false } : {}),
    ...(cell.name === 'simple rnn, relu' ? { activation: 'relu' } : {}),
    ...(batchInputShape === undefined ? {} : { batchInputShape }),
  };
  const shift = cell.name === 'lstm' ? (settings['forgetBias'] ?? 0) : 0;
  const bias = shift === 0 ? parts.bias : foldForgetBias(parts.bias, 'ifgo', shift);
  return { layer: make(config as never), weights: [parts.kernel, parts.recurrent, bias] };
}

function recurrentWeights(
  name: string,
  from: string,
  to: string,
  weights: Weights,
): { units: number; kernel: NamedArray; recurrent: NamedArray; bias: NamedArray } {
  const part = (which: string): NamedArray => convertGates(weights[`${name}/${which}`]!, from, to);
  const recurrent = part('recurrent');
  return { units: recurrent.shape[0]!, kernel: part('kernel'), recurrent, bias: part('bias') };
}

function noStockLayer(name: string, what: string): PrunerError {
  return modelError(
    `toLayersModel: expected layers that TensorFlow.js has, found ${what} in "${name}"; save its weights with writeModelDirectory.`,
  );
}
