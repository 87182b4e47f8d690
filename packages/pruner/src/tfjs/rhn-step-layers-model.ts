import { tensor, tidy } from '@tensorflow/tfjs-core';
import {
  input,
  layers,
  model,
  type LayersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import {
  layoutToJson,
  rhnLanguageModelLayout,
  type Layout,
  type NamedArray,
  type Weights,
} from '@secateur/groups';
import { checkWeights } from '../check-weights.ts';
import { matrixShape, transpose } from '../matrix.ts';
import { PrunerError } from '../pruner-error.ts';
import { range, sliceArray } from '../slice-array.ts';
import { withUnits } from './stock-layers.ts';

/** Settings of {@link rhnStepLayersModel}. */
export interface RhnStepLayersModelOptions {
  /** What the cell that trained the weights adds to its transform gates; default 0. */
  readonly transformBias?: number;
}

const zeros = 'zeros' as const;

/**
 * Builds a stock `tf.LayersModel` of one step of the Recurrent Highway Network language model of
 * `rhnLanguageModelLayout`. It takes a word id `[batch, 1]` and the state `[batch, width]`, of zeros at the beginning, and
 * returns the next word's logits `[batch, vocab]` and the state to hand in with the next word.
 *
 * TensorFlow.js has no such layer, so every depth is two dense ones, the gates as the original stores them, and the carry
 * `1 - t` a batch normalisation with gamma -1 and beta 1. Plain TensorFlow.js loads it without any code of ours; the
 * tied embedding is in it twice. A width of which pruning left nothing keeps one unit of zeros.
 */
export function rhnStepLayersModel(
  givenWeights: Weights,
  givenLayout: Layout,
  options: RhnStepLayersModelOptions = {},
): LayersModel {
  const { transformBias = 0 } = options;
  const caller = 'rhnStepLayersModel';
  if (!Number.isFinite(transformBias)) {
    throw new PrunerError(
      `${caller}: expected a finite transform bias, found ${transformBias}; use 0 when the bias already holds it.`,
    );
  }
  checkWeights(caller, givenWeights, givenLayout);
  const { weights, layout } = withUnits(givenWeights, givenLayout);
  const [vocab, width] = matrixShape(caller, weights['embedding']);
  const depth = matrixShape(caller, weights['rhn/recurrent'])[1] / (2 * width);
  checkWeights(caller, weights, rhnLanguageModelLayout({ vocab, width, depth }));

  const word = input({ batchShape: [null, 1], name: 'word' });
  const before = input({ batchShape: [null, width], name: 'state' });
  const table = layers.embedding({
    ...{ name: 'embedding', inputDim: vocab, outputDim: width },
    embeddingsInitializer: zeros,
  });
  const x = layers.flatten().apply(table.apply(word));
  const carry = layers.batchNormalization({
    ...{ name: 'carry', epsilon: 0, trainable: false },
    gammaInitializer: zeros,
  });
  let state: SymbolicTensor = before;
  for (let level = 0; level < depth; level++) {
    const read = level === 0 ? layers.concatenate().apply([x, state] as SymbolicTensor[]) : state;
    const gate = (kind: string, activation: 'tanh' | 'sigmoid') =>
      layers
        .dense({ name: `${kind}_${level}`, units: width, activation, kernelInitializer: zeros })
        .apply(read) as SymbolicTensor;
    const [h, t] = [gate('h', 'tanh'), gate('t', 'sigmoid')];
    const renewed = layers.multiply().apply([h, t]) as SymbolicTensor;
    const carried = layers.multiply().apply([state, carry.apply(t) as SymbolicTensor]);
    state = layers.add().apply([renewed, carried as SymbolicTensor]) as SymbolicTensor;
  }
  const softmax = layers.dense({ name: 'softmax', units: vocab, kernelInitializer: zeros });
  const logits = softmax.apply(state) as SymbolicTensor;
  const built = model({ name: 'rhn_step', inputs: [word, before], outputs: [logits, state] });

  const fill = (name: string, ...arrays: readonly NamedArray[]): void => {
    tidy(() => {
      built.getLayer(name).setWeights(arrays.map(({ data, shape }) => tensor(data, [...shape])));
    });
  };
  fill('embedding', weights['embedding']!);
  const all = (value: number): NamedArray => ({
    shape: [width],
    data: new Float32Array(width).fill(value),
  });
  fill('carry', all(-1), all(1), all(0), all(1));
  for (let level = 0; level < depth; level++) {
    fill(`h_${level}`, ...gateWeights(weights, width, level, 0, 0));
    fill(`t_${level}`, ...gateWeights(weights, width, level, 1, transformBias));
  }
  fill('softmax', transpose(weights['embedding']!), weights['softmax/bias']!);
  built.setUserDefinedMetadata({ iss: { layout: layoutToJson(layout) } });
  return built;
}

/** Kernel and bias of one gate at one depth; at the first the rows of the input come before those of the state. */
function gateWeights(
  weights: Weights,
  width: number,
  level: number,
  gate: 0 | 1,
  shift: number,
): [kernel: NamedArray, bias: NamedArray] {
  const cut = ({ data, shape }: NamedArray, block: number): NamedArray => {
    const columns = range(width).map((column) => block * width + column);
    return sliceArray(data, shape, shape.length === 1 ? [columns] : [undefined, columns]);
  };
  const block = 2 * level + gate;
  const recurrent = cut(weights['rhn/recurrent']!, block);
  const bias = cut(weights['rhn/bias']!, block);
  const shifted = { shape: bias.shape, data: bias.data.map((value) => value + shift) };
  if (level > 0) return [recurrent, shifted];
  const kernel = cut(weights['rhn/kernel']!, gate);
  const data = new Float32Array(2 * width * width);
  data.set(kernel.data);
  data.set(recurrent.data, width * width);
  return [{ shape: [2 * width, width], data }, shifted];
}
