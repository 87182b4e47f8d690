import { tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { describeBackend } from '@secateur/testing';
import { describe, expect, test } from 'vitest';
import { kerasGruToSecateur } from '@secateur/pruner';
import { gruDirection } from '../gru-direction.ts';
import { randomArray, randomNumbers } from '../random-network.ts';
import { expectOutputs, readRecording, weightOf, type Recorded } from '../recorded.ts';

const next = randomNumbers(12);
const kernel = randomArray([3, 6], next);
const recurrentKernel = randomArray([2, 6], next);
const bias = randomArray([6], next);
const biases = randomArray([2, 6], next);

describe('kerasGruToSecateur', () => {
  test("splits the bias of reset_after into the input's and the recurrent one", () => {
    const ours = kerasGruToSecateur({ kernel, recurrentKernel, bias: biases }, { name: 'g' });
    expect(ours).toEqual({
      'g/kernel': kernel,
      'g/recurrent': recurrentKernel,
      'g/bias': { shape: [6], data: biases.data.slice(0, 6) },
      'g/recurrentBias': { shape: [6], data: biases.data.slice(6) },
    });
  });

  test.each([true, false])(
    'agrees with a recorded layer of Keras; reset_after %s',
    (resetAfter) => {
      // Written by fixtures/keras_gru.py.
      type Recording = Record<'kernel' | 'recurrentKernel' | 'bias' | 'x' | 'y', Recorded>;
      const recordings = readRecording<Record<string, Recording>>('keras-gru.json');
      const recording = recordings[`reset_after ${resetAfter ? 'True' : 'False'}`]!;
      const weights = {
        kernel: weightOf(recording.kernel),
        recurrentKernel: weightOf(recording.recurrentKernel),
        bias: weightOf(recording.bias),
      };
      const ours = kerasGruToSecateur(weights, { resetAfter });
      expectOutputs(recording, [[gruDirection(ours, 'gru')]]);
    },
  );

  test('has one bias without reset_after, and zeros without use_bias', () => {
    const before = kerasGruToSecateur({ kernel, recurrentKernel, bias }, { resetAfter: false });
    expect(Object.keys(before)).toEqual(['gru/kernel', 'gru/recurrent', 'gru/bias']);
    expect(before['gru/bias']).toEqual(bias);
    const bare = kerasGruToSecateur({ kernel, recurrentKernel });
    for (const name of ['gru/bias', 'gru/recurrentBias']) {
      expect(bare[name]).toEqual({ shape: [6], data: new Float32Array(6) });
    }
  });

  test('refuses a bias of the other form, and an LSTM', () => {
    expect(() => kerasGruToSecateur({ kernel, recurrentKernel, bias })).toThrow(
      'kerasGruToSecateur: expected a bias [2, 6] with resetAfter true, found [6]; set resetAfter',
    );
    expect(() =>
      kerasGruToSecateur({ kernel, recurrentKernel, bias: biases }, { resetAfter: false }),
    ).toThrow('expected a bias [6] with resetAfter false, found [2, 6]');
    const wide = randomArray([3, 8], next);
    expect(() => kerasGruToSecateur({ kernel: wide, recurrentKernel })).toThrow(
      'kerasGruToSecateur: expected kernel [input, 3*units] and recurrentKernel [units, 3*units], found [3, 8] and [2, 6]',
    );
  });
});

describeBackend('kerasGruToSecateur', () => {
  test('gives weights that compute what tf.layers.gru does', () => {
    const time = 4;
    const x = Float32Array.from({ length: time * 3 }, (_, i) => Math.sin(i));
    const layer = layers.gru({
      units: 2,
      returnSequences: true,
      recurrentActivation: 'sigmoid',
      recurrentInitializer: 'zeros',
    });
    const found = tidy(() => {
      const input = tensor(x, [1, time, 3]);
      layer.apply(input);
      layer.setWeights(
        [kernel, recurrentKernel, bias].map(({ data, shape }) => tensor(data, [...shape])),
      );
      return (layer.apply(input) as Tensor).dataSync().slice();
    });
    layer.dispose();
    const ours = kerasGruToSecateur({ kernel, recurrentKernel, bias }, { resetAfter: false });
    const expected = gruDirection(ours, 'gru').run(Float64Array.from(x), time, 3);
    expect(found).toHaveLength(expected.length);
    found.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 6));
  });
});
