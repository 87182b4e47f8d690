import { tensor, tidy } from '@tensorflow/tfjs-core';
import { layers, sequential, type LayersModel } from '@tensorflow/tfjs-layers';
import { layoutToJson, stackedLstmLayout, type Layout, type Weights } from '@secateur/groups';
import { checkWeights } from '../check-weights.ts';
import { checkGates, convertGates, foldForgetBias } from '../gates.ts';
import { PrunerError } from '../pruner-error.ts';
import { withUnits } from './stock-layers.ts';

/** Settings of {@link stackedLstmLayersModel}. */
export interface StackedLstmLayersModelOptions {
  /** Gate order of the weights, a permutation of `ifgo`; default `ifgo`. */
  readonly gates?: string;
  /** What the cell that trained the weights adds to its forget gate; default 0. */
  readonly forgetBias?: number;
  /** Batch size and steps of the input, null for any; default `[null, null]`. */
  readonly batchInputShape?: readonly [number | null, number | null];
  /** Whether states carry over from one batch to the next, which needs a fixed batch size; default false. */
  readonly stateful?: boolean;
}

/**
 * Builds a stock `tf.LayersModel` (embedding, LSTMs, dense) from the weights of a stacked LSTM language model, named
 * as in `stackedLstmLayout`. It takes word ids `[batch, time]` and returns logits `[batch, time, vocab]`.
 *
 * Plain TensorFlow.js loads it without any code of ours: the gates use `sigmoid` in the order of Keras, a forget bias
 * is folded into the bias, and every initialiser is `zeros`, so that loading does not stall. A layer of which pruning
 * left nothing keeps one unit of zeros, because stock layers have at least one; the model's layout says so.
 */
export function stackedLstmLayersModel(
  givenWeights: Weights,
  givenLayout: Layout,
  options: StackedLstmLayersModelOptions = {},
): LayersModel {
  const {
    gates = 'ifgo',
    forgetBias = 0,
    batchInputShape = [null, null],
    stateful = false,
  } = options;
  checkGates('stackedLstmLayersModel', gates);
  checkWeights('stackedLstmLayersModel', givenWeights, givenLayout);
  const { weights, layout } = withUnits(givenWeights, givenLayout);
  const { vocab, embed, hidden } = stackSizes(weights);
  checkWeights('stackedLstmLayersModel', weights, stackedLstmLayout({ vocab, embed, hidden }));
  if (stateful && batchInputShape[0] === null) {
    throw new PrunerError(
      'stackedLstmLayersModel: expected a fixed batch size for a stateful model, found null; set batchInputShape to [batch, null].',
    );
  }

  const zeros = 'zeros' as const;
  const model = sequential({ name: 'stacked_lstm' });
  model.add(
    layers.embedding({
      name: 'embedding',
      inputDim: vocab,
      outputDim: embed,
      batchInputShape: [...batchInputShape],
      embeddingsInitializer: zeros,
    }),
  );
  hidden.forEach((units, index) => {
    model.add(
      layers.lstm({
        name: `lstm${index + 1}`,
        units,
        returnSequences: true,
        stateful,
        recurrentActivation: 'sigmoid',
        kernelInitializer: zeros,
        recurrentInitializer: zeros,
        biasInitializer: zeros,
        unitForgetBias: false,
      }),
    );
  });
  model.add(layers.dense({ name: 'softmax', units: vocab, kernelInitializer: zeros }));

  const ordered = [weights['embedding']!];
  hidden.forEach((_, index) => {
    const own = (part: string) => convertGates(weights[`lstm${index + 1}/${part}`]!, gates, 'ifgo');
    ordered.push(own('kernel'), own('recurrent'), foldForgetBias(own('bias'), 'ifgo', forgetBias));
  });
  ordered.push(weights['softmax/kernel']!, weights['softmax/bias']!);
  tidy(() => {
    model.setWeights(ordered.map(({ data, shape }) => tensor(data, [...shape])));
  });
  model.setUserDefinedMetadata({ iss: { layout: layoutToJson(layout) } });
  return model;
}

function stackSizes(weights: Weights): { vocab: number; embed: number; hidden: number[] } {
  const [vocab, embed] = weights['embedding']?.shape ?? [];
  const hidden: number[] = [];
  for (let layer = 1; ; layer++) {
    const units = weights[`lstm${layer}/recurrent`]?.shape[0];
    if (units === undefined) break;
    hidden.push(units);
  }
  if (vocab === undefined || embed === undefined || hidden.length === 0) {
    throw new PrunerError(
      `stackedLstmLayersModel: expected weights named embedding, lstm1/kernel, lstm1/recurrent, lstm1/bias, ..., softmax/kernel, softmax/bias, found ${Object.keys(weights).join(', ') || 'none'}; rename them.`,
    );
  }
  return { vocab, embed, hidden };
}
