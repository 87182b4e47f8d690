import { io, tensor2d, type Tensor } from '@tensorflow/tfjs-core';
import { describeBackend } from '@secateur/testing';
import { registerLayers } from '@secateur/cells/layers';
import { expect, test } from 'vitest';
import { loadLayersModel } from '@secateur/pruner/tfjs';
import { disposeModel } from '../tfjs/layers-model.ts';

registerLayers();

const layer = (kind: string, name: string, config: object): object => ({
  class_name: kind,
  config: { name, ...config },
});
const gates = { LSTM: 4, GRU: 3 };

/** Words in both directions twice, as TensorFlow's text classification has them: its model.json, and weights. */
function stacked(kind: keyof typeof gates): io.ModelArtifacts {
  const both = (name: string, sequences: boolean): object => {
    const config = {
      ...{ units: 3, return_sequences: sequences, activation: 'tanh', use_bias: true },
      ...{ recurrent_activation: 'sigmoid', ...(kind === 'GRU' && { reset_after: true }) },
    };
    return layer('Bidirectional', name, {
      ...{ merge_mode: 'concat', layer: layer(kind, 'rnn', config) },
    });
  };
  const layers = [
    layer('Embedding', 'e', {
      ...{ input_dim: 6, output_dim: 2, mask_zero: true, batch_input_shape: [null, null] },
    }),
    both('a', true),
    layer('Dropout', 'd', { rate: 0.5 }),
    both('b', false),
    layer('Dense', 'out', { units: 1, activation: 'linear', use_bias: true }),
  ];
  const width = 3 * gates[kind];
  const ofCell = (path: string, input: number): [string, number[]][] => [
    [`${path}/kernel`, [input, width]],
    [`${path}/recurrent_kernel`, [3, width]],
    [`${path}/bias`, kind === 'GRU' ? [2, width] : [width]],
  ];
  const shapes: [string, number[]][] = [
    ['e/embeddings', [6, 2]],
    ...['a/forward_rnn', 'a/backward_rnn'].flatMap((path) => ofCell(path, 2)),
    ...['b/forward_rnn', 'b/backward_rnn'].flatMap((path) => ofCell(path, 6)),
    ...([
      ['out/kernel', [6, 1]],
      ['out/bias', [1]],
    ] as [string, number[]][]),
  ];
  const weightSpecs = shapes.map(([name, shape]) => ({ name, shape, dtype: 'float32' as const }));
  const size = shapes.reduce((sum, [, shape]) => sum + shape.reduce((x, y) => x * y, 1), 0);
  const data = Float32Array.from({ length: size }, (_, i) => Math.sin(7 * i));
  return {
    ...{ weightSpecs, weightData: data.buffer },
    modelTopology: {
      keras_version: '2.15.0',
      model_config: { class_name: 'Sequential', config: { name: 's', layers } },
    },
  };
}

describeBackend('stacked Bidirectional layers of Keras with a mask', () => {
  test.each(['LSTM', 'GRU'] as const)(
    '%s: compute the same with and without padding',
    async (kind) => {
      const model = await loadLayersModel(io.fromMemory(stacked(kind)));
      const predict = async (...ids: number[]): Promise<number> => {
        const x = tensor2d([ids], undefined, 'int32');
        const y = model.predict(x) as Tensor;
        const [value] = await y.data();
        x.dispose();
        y.dispose();
        return value!;
      };
      const plain = await predict(5, 3, 2);
      expect(await predict(5, 3, 2, 0, 0)).toBeCloseTo(plain, 5);
      expect(await predict(5, 3, 2, 1, 1)).not.toBeCloseTo(plain, 3);
      disposeModel(model);
    },
  );
});
