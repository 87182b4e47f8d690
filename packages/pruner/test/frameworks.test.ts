import type { Weights } from '@secateur/groups';
import { lstmReference } from '@secateur/testing';
import { describe, expect, test } from 'vitest';
import {
  PrunerError,
  tf1ToSecateur,
  torchToSecateur,
  transpose,
  secateurToTorch,
} from '@secateur/pruner';
import { randomArray, randomNumbers } from './random-network.ts';

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
const [input, units, time] = [3, 2, 4];
const x = Float64Array.from({ length: time * input }, (_, i) => Math.sin(i));

function ours(weights: Weights, name: string): Float64Array {
  return lstmReference({
    x,
    kernel: weights[`${name}/kernel`]!.data,
    recurrent: weights[`${name}/recurrent`]!.data,
    bias: weights[`${name}/bias`]!.data,
    batch: 1,
    time,
    input,
    units,
  }).y;
}

/** One unit's preactivation and state in a framework's own layout, straight from its documentation. */
function run(
  z: (gate: number, unit: number, step: Float64Array, h: number[]) => number,
  order: string,
): number[] {
  let h = [0, 0];
  const c = [0, 0];
  const outputs: number[] = [];
  for (let t = 0; t < time; t++) {
    const step = x.subarray(t * input, (t + 1) * input);
    const gate = (letter: string, unit: number) => z(order.indexOf(letter), unit, step, h);
    h = [0, 1].map((k) => {
      c[k] = sigmoid(gate('f', k)) * c[k]! + sigmoid(gate('i', k)) * Math.tanh(gate('g', k));
      return sigmoid(gate('o', k)) * Math.tanh(c[k]);
    });
    outputs.push(...h);
  }
  return outputs;
}

describe('torchToSecateur', () => {
  const next = randomNumbers(5);
  const torch = {
    'rnn.weight_ih_l0': randomArray([8, 3], next),
    'rnn.weight_hh_l0': randomArray([8, 2], next),
    'rnn.bias_ih_l0': randomArray([8], next),
    'rnn.bias_hh_l0': randomArray([8], next),
    'head.weight': randomArray([5, 2], next),
  };

  test("computes what PyTorch's equations do", () => {
    const [wi, wh, bi, bh] = Object.values(torch).map(({ data }) => data);
    const expected = run((gate, k, step, h) => {
      const row = gate * units + k;
      let z = bi![row]! + bh![row]!;
      step.forEach((value, i) => (z += wi![row * 3 + i]! * value));
      h.forEach((value, i) => (z += wh![row * 2 + i]! * value));
      return z;
    }, 'ifgo');
    const found = ours(torchToSecateur(torch, { prefix: 'rnn.' }), 'lstm1');
    found.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 6));
  });

  test('hands on the weights of other modules', () => {
    expect(torchToSecateur(torch, { prefix: 'rnn.' })['head.weight']).toBe(torch['head.weight']);
  });

  test('comes back through secateurToTorch with the biases summed', () => {
    const back = secateurToTorch(torchToSecateur(torch, { prefix: 'rnn.' }), { prefix: 'rnn.' });
    expect(Object.keys(back).sort()).toEqual(Object.keys(torch).sort());
    expect(back['rnn.weight_ih_l0']).toEqual(torch['rnn.weight_ih_l0']);
    expect(back['rnn.weight_hh_l0']).toEqual(torch['rnn.weight_hh_l0']);
    expect([...back['rnn.bias_hh_l0']!.data]).toEqual(new Array(8).fill(0));
    expect(torchToSecateur(back, { prefix: 'rnn.' })).toEqual(
      torchToSecateur(torch, { prefix: 'rnn.' }),
    );
  });

  test('names layers and reverse directions', () => {
    const layer = (suffix: string) => ({
      [`weight_ih_${suffix}`]: randomArray([8, 3], next),
      [`weight_hh_${suffix}`]: randomArray([8, 2], next),
    });
    const found = torchToSecateur({ ...layer('l0'), ...layer('l0_reverse'), ...layer('l1') });
    expect(Object.keys(found)).toContain('lstm1/backward/kernel');
    expect(found['lstm2/kernel']!.shape).toEqual([3, 8]);
    // A module without biases adds none.
    expect([...found['lstm2/bias']!.data]).toEqual(new Array(8).fill(0));
    const back = secateurToTorch(found);
    expect(back['weight_hh_l0_reverse']!.shape).toEqual([8, 2]);
  });

  test('refuses a state dict without recurrent weights', () => {
    const head = { 'head.weight': torch['head.weight'] };
    expect(() => torchToSecateur(head)).toThrow(PrunerError);
    expect(() => torchToSecateur(head)).toThrow(
      'torchToSecateur: expected weights named "weight_ih_l0" and so on, found head.weight; is this the state dict of an nn.LSTM or nn.GRU?',
    );
    expect(() => secateurToTorch(torch)).toThrow('expected weights named "lstm1/kernel"');
  });

  test('refuses a bias of another width', () => {
    const mixed = { ...torch, 'rnn.bias_hh_l0': randomArray([4], next) };
    expect(() => torchToSecateur(mixed, { prefix: 'rnn.' })).toThrow(
      'torchToSecateur: expected 8 values in each bias of layer l0, found 4',
    );
  });
});

describe('tf1ToSecateur', () => {
  const next = randomNumbers(6);
  const weights = randomArray([input + units, 4 * units], next);
  const biases = randomArray([4 * units], next);

  test("computes what TensorFlow 1's BasicLSTMCell does, its forget bias included", () => {
    const expected = run((gate, k, step, h) => {
      const column = gate * units + k;
      let z = biases.data[column]! + (gate === 2 ? 1 : 0);
      [...step, ...h].forEach((value, i) => (z += weights.data[i * 8 + column]! * value));
      return z;
    }, 'igfo');
    const found = ours(tf1ToSecateur({ weights, biases }, { forgetBias: 1 }), 'lstm');
    found.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 6));
  });

  test('refuses a matrix that is not input and state over four gates', () => {
    const attempt = () =>
      tf1ToSecateur({ weights: randomArray([2, 8], next), biases }, { forgetBias: 0 });
    expect(attempt).toThrow(
      'tf1ToSecateur: expected weights [input + units, 4*units] and biases [4*units], found [2, 8] and [8]',
    );
  });
});

describe('transpose', () => {
  test('swaps rows and columns', () => {
    const matrix = { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
    expect(transpose(matrix)).toEqual({ shape: [3, 2], data: Float32Array.of(1, 4, 2, 5, 3, 6) });
  });

  test('refuses a vector', () => {
    expect(() => transpose({ shape: [3], data: new Float32Array(3) })).toThrow(
      'transpose: expected a matrix with all its values, found shape [3] with 3 values',
    );
  });
});
