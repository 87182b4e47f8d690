import { input, layers, model, type LayersModel } from '@tensorflow/tfjs-layers';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { DescribedRecurrent, LayerDescription, NamedArray, Weights } from '@secateur/groups';
import { type PrunerError, modelError } from '../../pruner-error.ts';
import { range, sliceArray } from '../../slice-array.ts';
import { stockDense, stockLayer, type Stocked } from './stock-layer.ts';

/** A model, and the weights of its layers. */
export interface StockModel {
  readonly model: LayersModel;
  readonly parts: readonly Stocked[];
}

/**
 * One step of a network with Recurrent Highway layers: it takes a word id `[batch, 1]` and a state `[batch, units]` for each of
 * these layers, of zeros at the beginning, and gives the outputs `[batch, width]` and the states to hand in with the next word.
 *
 * TensorFlow.js has no such layer, so every depth is two dense ones, and the carry `1 - t` a batch normalization with gamma -1
 * and beta 1.
 */
export function stepModel(network: readonly LayerDescription[], weights: Weights): StockModel {
  const [first, ...rest] = network;
  if (first?.kind !== 'embedding') throw unfit(first);
  const word = input({ batchShape: [null, 1], name: 'word' });
  const table = stockLayer(first, weights, { stateful: false });
  const parts: Stocked[] = [table];
  const before: SymbolicTensor[] = [];
  const after: SymbolicTensor[] = [];
  let x = layers.flatten().apply(table.layer.apply(word)) as SymbolicTensor;
  for (const layer of rest) {
    if (layer.kind === 'dense') {
      const dense = stockDense(layer, weights);
      parts.push(dense);
      x = dense.layer.apply(x) as SymbolicTensor;
    } else if (layer.kind === 'recurrent' && layer.cell.name === 'rhn') {
      const units = weights[`${layer.name}/recurrent`]!.shape[0]!;
      const state = input({ batchShape: [null, units], name: `${layer.name}_state` });
      before.push(state);
      x = highwayStep(layer, weights, x, state, parts);
      after.push(x);
    } else throw unfit(layer);
  }
  const inputs = [word, ...before];
  return { model: model({ name: 'step', inputs, outputs: [x, ...after] }), parts };
}

/** The state after all depths of one step; what it is made of is added to `parts`. */
function highwayStep(
  { name, settings }: DescribedRecurrent,
  weights: Weights,
  x: SymbolicTensor,
  before: SymbolicTensor,
  parts: Stocked[],
): SymbolicTensor {
  const zeros = 'zeros' as const;
  const recurrent = weights[`${name}/recurrent`]!;
  const [units, columns] = recurrent.shape as [number, number];
  const shift = settings['transformBias'] ?? 0;
  const all = (value: number): NamedArray => ({
    shape: [units],
    data: new Float32Array(units).fill(value),
  });
  const carry = layers.batchNormalization({
    ...{ name: `${name}_carry`, epsilon: 0, trainable: false, gammaInitializer: zeros },
  });
  parts.push({ layer: carry, weights: [all(-1), all(1), all(0), all(1)] });
  let state = before;
  for (let level = 0; level < columns / (2 * units); level++) {
    const read = level === 0 ? layers.concatenate().apply([x, state]) : state;
    const gate = (kind: 'h' | 't', activation: 'tanh' | 'sigmoid') => {
      const config = { name: `${name}_${kind}_${level}`, units, activation };
      const layer = layers.dense({ ...config, kernelInitializer: zeros });
      const bias = kind === 't' ? shift : 0;
      parts.push({ layer, weights: gateWeights(name, weights, level, kind, bias) });
      return layer.apply(read) as SymbolicTensor;
    };
    const [h, t] = [gate('h', 'tanh'), gate('t', 'sigmoid')];
    const renewed = layers.multiply().apply([h, t]) as SymbolicTensor;
    const carried = layers.multiply().apply([state, carry.apply(t) as SymbolicTensor]);
    state = layers.add().apply([renewed, carried as SymbolicTensor]) as SymbolicTensor;
  }
  return state;
}

/** Kernel and bias of one gate at one depth; at the first the rows of the input come before those of the state. */
function gateWeights(
  name: string,
  weights: Weights,
  level: number,
  kind: 'h' | 't',
  shift: number,
): [kernel: NamedArray, bias: NamedArray] {
  const [kernel, recurrent, bias] = ['kernel', 'recurrent', 'bias'].map(
    (part) => weights[`${name}/${part}`]!,
  ) as [NamedArray, NamedArray, NamedArray];
  const units = recurrent.shape[0]!;
  const cut = ({ data, shape }: NamedArray, block: number): NamedArray => {
    const columns = range(units).map((column) => block * units + column);
    return sliceArray(data, shape, shape.length === 1 ? [columns] : [undefined, columns]);
  };
  const gate = kind === 'h' ? 0 : 1;
  const recurrentBlock = cut(recurrent, 2 * level + gate);
  const shifted = cut(bias, 2 * level + gate);
  const biased = { shape: shifted.shape, data: shifted.data.map((value) => value + shift) };
  if (level > 0) return [recurrentBlock, biased];
  const rows = cut(kernel, gate);
  const data = new Float32Array(rows.data.length + recurrentBlock.data.length);
  data.set(rows.data);
  data.set(recurrentBlock.data, rows.data.length);
  return [{ shape: [rows.shape[0]! + units, units], data }, biased];
}

function unfit(layer: LayerDescription | undefined): PrunerError {
  const actual = layer === undefined ? 'nothing' : `"${layer.name}" of kind "${layer.kind}"`;
  return modelError(
    `toLayersModel: expected a network with a Recurrent Highway layer to be an embedding, such layers and dense ones, found ${actual}; save its weights with writeModelDirectory.`,
  );
}
