import { tensor, tidy } from '@tensorflow/tfjs-core';
import { sequential, type LayersModel } from '@tensorflow/tfjs-layers';
import {
  layoutToJson,
  networkLayout,
  type Layout,
  type LayerDescription,
  type Weights,
} from '@secateur/groups';
import { checkOptions } from '@secateur/input';
import { checkWeights } from '../../check-weights.ts';
import { argumentError, modelError } from '../../pruner-error.ts';
import { withUnits } from '../../with-units.ts';
import { stepModel, type StockModel } from './step-model.ts';
import { stockLayer } from './stock-layer.ts';

/** Options of {@link toLayersModel}. */
export interface ToLayersModelOptions {
  /** Batch size and steps of the input, null for any; default `[null, null]`. */
  readonly batchInputShape?: readonly [number | null, number | null];
  /** Whether states carry over from one batch to the next, which needs a fixed batch size; default false. */
  readonly stateful?: boolean;
}

/**
 * Builds a stock `tf.LayersModel` that computes what a network of `@secateur/cells` does with these weights, for instance those
 * that pruning left. It takes what the network takes, and returns outputs `[batch, time, width]`; one with Recurrent Highway
 * layers becomes a model of one step, of a word `[batch, 1]` and the states, which returns `[batch, width]` and the states after it.
 *
 * Plain TensorFlow.js loads it without any code of ours: gates use `sigmoid` in the order of Keras, what a cell adds to its
 * gates is folded into the biases, a tied embedding is in it twice, and every initializer is `zeros`, so that loading does not
 * stall. Dropout is left out. A dimension of which pruning left nothing keeps one unit of zeros, because stock layers have at
 * least one; the model's layout says so.
 *
 * @throws PrunerError when the weights are not those of the network, or TensorFlow.js has no such layer.
 *
 * @example
 * ```ts
 * import { useBackend } from '@secateur/backend';
 * import { denseLayer, gruLayer, sequence } from '@secateur/cells';
 * import { toLayersModel } from '@secateur/pruner/tfjs';
 *
 * await useBackend('cpu');
 * const network = sequence(
 *   gruLayer('gru1', { input: 'features', units: 'h1', resetAfter: false }),
 *   denseLayer('out', { input: 'h1', output: 'classes' }),
 * );
 * const dims = { features: 2, h1: 4, classes: 3 };
 * const weights = network.init(dims, 1);
 * const model = toLayersModel(network, { weights, layout: network.layout(dims) });
 * model.layers.map((layer) => layer.getClassName()); // => ['GRU', 'Dense']
 * model.outputs[0]?.shape; // => [null, null, 3]
 * model.dispose();
 * ```
 */
export function toLayersModel(
  network: { readonly layers: readonly LayerDescription[] },
  { weights: givenWeights, layout: givenLayout }: { weights: Weights; layout: Layout },
  options: ToLayersModelOptions = {},
): LayersModel {
  const caller = 'toLayersModel';
  checkOptions(caller, options, { batchInputShape: true, stateful: true }, argumentError);
  const { batchInputShape = [null, null], stateful = false } = options;
  const layers = network.layers.filter(({ kind }) => kind !== 'dropout');
  checkWeights(caller, givenWeights, givenLayout);
  const { weights, layout } = withUnits(givenWeights, givenLayout);
  const expectedLayout = networkLayout(layers, { ...layout.dims, ...layout.fixed });
  checkWeights(caller, weights, expectedLayout);
  const steps = layers.some((each) => each.kind === 'recurrent' && each.cell.name === 'rhn');
  if (stateful && (steps || batchInputShape[0] === null)) {
    throw modelError(
      steps
        ? `${caller}: expected no stateful model of a network with a Recurrent Highway layer, whose states are inputs; leave stateful out.`
        : `${caller}: expected a fixed batch size for a stateful model, found null; set batchInputShape to [batch, null].`,
    );
  }
  const { model, parts } = steps
    ? stepModel(layers, weights)
    : wholeModel(layers, weights, batchInputShape, stateful);
  tidy(() => {
    for (const part of parts)
      part.layer.setWeights(part.weights.map(({ data, shape }) => tensor(data, [...shape])));
  });
  model.setUserDefinedMetadata({ iss: { layout: layoutToJson(layout) } });
  return model;
}

/** Layers one after the other over whole sequences. */
function wholeModel(
  layers: readonly LayerDescription[],
  weights: Weights,
  [batch, time]: readonly [number | null, number | null],
  stateful: boolean,
): StockModel {
  const model = sequential({ name: 'sequence' });
  const parts = layers.map((layer, index) => {
    if (index > 0) return stockLayer(layer, weights, { stateful });
    const kernel = layer.kind === 'embedding' ? [] : [weights[`${layer.name}/kernel`]!.shape[0]!];
    return stockLayer(layer, weights, { stateful, batchInputShape: [batch, time, ...kernel] });
  });
  for (const { layer } of parts) model.add(layer);
  return { model, parts };
}
