import type { NamedArray, Weights } from '@secateur/groups';
import { describe, expect, test } from 'vitest';
import { torchToSecateur, secateurToTorch } from '@secateur/pruner';
import { gruDirection } from './gru-direction.ts';
import { lstmDirection, randomArray, randomNumbers } from './random-network.ts';
import { expectOutputs, readRecording, weightOf, type Recorded } from './recorded.ts';
import type { Direction } from './recurrent-stack.ts';

/** What fixtures/torch_recurrent.py wrote. */
interface Recording {
  readonly weights: Readonly<Record<string, Recorded>>;
  readonly x: Recorded;
  readonly y: Recorded;
}

const directionOf: Record<'lstm' | 'gru', (weights: Weights, name: string) => Direction> = {
  lstm: lstmDirection,
  gru: gruDirection,
};

describe.each(['lstm', 'gru'] as const)('a recorded module of PyTorch: %s', (cell) => {
  const recording = readRecording<Recording>(`torch-${cell}.json`);
  const arrays = Object.entries(recording.weights).map(([name, value]) => [name, weightOf(value)]);
  const weights = Object.fromEntries(arrays) as Weights;

  test('computes the same with the weights of torchToSecateur, two layers in both directions', () => {
    const ours = torchToSecateur(weights, { cell });
    const layers = [1, 2].map((n) =>
      ['', '/backward'].map((end) => directionOf[cell](ours, `${cell}${n}${end}`)),
    );
    expectOutputs(recording, layers);
  });

  test('comes back through secateurToTorch', () => {
    const ours = torchToSecateur(weights, { cell });
    const back = secateurToTorch(ours, { cell });
    expect(Object.keys(back).sort()).toEqual(Object.keys(weights).sort());
    for (const [name, value] of Object.entries(weights)) {
      // An LSTM's biases have been summed.
      if (cell === 'gru' || name.startsWith('weight')) expect(back[name]).toEqual(value);
    }
    expect(torchToSecateur(back, { cell })).toEqual(ours);
  });
});

describe("the weights of PyTorch's nn.GRU", () => {
  const next = randomNumbers(8);
  const torch = {
    'rnn.weight_ih_l0': randomArray([6, 3], next),
    'rnn.weight_hh_l0': randomArray([6, 2], next),
    'rnn.bias_ih_l0': randomArray([6], next),
    'rnn.bias_hh_l0': randomArray([6], next),
    'head.weight': randomArray([5, 2], next),
  };
  const options = { cell: 'gru', prefix: 'rnn.' } as const;

  test('get our names and shapes, and those of other modules are handed on', () => {
    const ours = torchToSecateur(torch, options);
    const shapes = Object.entries(ours).map(([name, { shape }]) => [name, shape]);
    expect(Object.fromEntries(shapes)).toEqual({
      'gru1/kernel': [3, 6],
      'gru1/recurrent': [2, 6],
      'gru1/bias': [6],
      'gru1/recurrentBias': [6],
      'head.weight': [5, 2],
    });
    expect(ours['head.weight']).toBe(torch['head.weight']);
    // Rows 0 and 1 are r, 2 and 3 are z: the first column of ours is the first row of z.
    expect(ours['gru1/kernel']!.data[0]).toBe(torch['rnn.weight_ih_l0'].data[2 * 3]);
  });

  test('without biases get zeros for both', () => {
    const { 'rnn.weight_ih_l0': ih, 'rnn.weight_hh_l0': hh } = torch;
    const ours = torchToSecateur({ weight_ih_l0: ih, weight_hh_l0: hh }, { cell: 'gru' });
    for (const bias of ['gru1/bias', 'gru1/recurrentBias']) {
      expect([...ours[bias]!.data]).toEqual(new Array(6).fill(0));
    }
  });

  test('are not taken for those of an LSTM, nor the other way round', () => {
    expect(() => torchToSecateur(torch, { prefix: 'rnn.' })).toThrow(
      'torchToSecateur: expected the weight_ih_l0 [4*units, input] and weight_hh_l0 [4*units, units] of nn.LSTM, found [6, 3] and [6, 2]; set cell to "lstm" or "gru".',
    );
    const lstm = {
      weight_ih_l0: randomArray([8, 3], next),
      weight_hh_l0: randomArray([8, 2], next),
    };
    expect(() => torchToSecateur(lstm, { cell: 'gru' })).toThrow('of nn.GRU, found [8, 3]');
    const cell = 'rnn' as 'gru';
    expect(() => torchToSecateur(torch, { cell })).toThrow(
      'torchToSecateur: expected cell "lstm" or "gru", found "rnn"',
    );
    expect(() => secateurToTorch(torchToSecateur(lstm), { cell })).toThrow(
      'secateurToTorch: expected cell',
    );
  });

  test('are not found in an LSTM whose projection happens to have the shape of a GRU', () => {
    // 3 hidden units, projected to 4: 12 rows over 4 columns, as of a GRU of 4 units.
    const projected = {
      weight_ih_l0: randomArray([12, 3], next),
      weight_hh_l0: randomArray([12, 4], next),
      weight_hr_l0: randomArray([4, 3], next),
    };
    expect(() => torchToSecateur(projected, { cell: 'gru' })).toThrow('Projections (proj_size)');
  });
});

describe('secateurToTorch', () => {
  const next = randomNumbers(9);
  const gru = {
    'gru1/kernel': randomArray([3, 6], next),
    'gru1/recurrent': randomArray([2, 6], next),
    'gru1/bias': randomArray([6], next),
    'gru1/recurrentBias': randomArray([6], next),
  };

  test('refuses a GRU that resets before the product, which nn.GRU cannot compute', () => {
    const before: Record<string, NamedArray> = { ...gru };
    delete before['gru1/recurrentBias'];
    expect(() => secateurToTorch(before, { cell: 'gru' })).toThrow(
      'secateurToTorch: expected gru1/recurrentBias, found none; nn.GRU resets after the recurrent product',
    );
  });

  test('refuses weights of the other cell', () => {
    const name = (layer: number): string => `gru${layer + 1}`;
    expect(() => secateurToTorch(gru, { name })).toThrow(
      'secateurToTorch: expected gru1/kernel [input, 4*units] and gru1/recurrent [units, 4*units] for nn.LSTM, found [3, 6] and [2, 6]',
    );
    const lstm = {
      'lstm1/kernel': randomArray([3, 8], next),
      'lstm1/recurrent': randomArray([2, 8], next),
    };
    expect(() =>
      secateurToTorch({ ...lstm, 'lstm1/recurrentBias': randomArray([8], next) }),
    ).toThrow('secateurToTorch: expected no lstm1/recurrentBias for nn.LSTM, found one');
    expect(() =>
      secateurToTorch({ ...gru, 'gru1/bias': randomArray([8], next) }, { cell: 'gru' }),
    ).toThrow('secateurToTorch: expected 6 values in each bias of layer l0, found 8');
  });
});
