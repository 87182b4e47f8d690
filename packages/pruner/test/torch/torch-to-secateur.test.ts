import type { NamedArray, Weights } from '@secateur/groups';
import { describe, expect, test } from 'vitest';
import { torchToSecateur, secateurToTorch } from '@secateur/pruner';
import { gruDirection } from '../gru-direction.ts';
import { lstmDirection, randomArray, randomNumbers } from '../random-network.ts';
import { expectOutputs, readRecording, weightOf, type Recorded } from '../recorded.ts';
import type { Direction } from '../recurrent-stack.ts';

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
    expect(() => torchToSecateur(projected, { cell: 'gru' })).toThrow(
      'torchToSecateur: expected no weight_hr_l0 in nn.GRU, found one; only nn.LSTM has projections (proj_size)',
    );
  });
});

describe('the prefix of a module', () => {
  const next = randomNumbers(10);
  const lstm = (prefix: string) => ({
    [`${prefix}weight_ih_l0`]: randomArray([8, 3], next),
    [`${prefix}weight_hh_l0`]: randomArray([8, 2], next),
  });
  const several = { ...lstm('module.encoder.'), ...lstm('module.decoder.') };

  test.each(['', 'rnn.', 'module.rnn.', '_orig_mod.net.0.rnn.'])('"%s" is found', (prefix) => {
    const weights = lstm(prefix);
    expect(torchToSecateur(weights)).toEqual(torchToSecateur(weights, { prefix }));
    expect(Object.keys(torchToSecateur(weights))).toContain('lstm1/kernel');
  });

  test('has to be told where there are several modules', () => {
    expect(() => torchToSecateur(several)).toThrow(
      'torchToSecateur: expected one recurrent module in the state dict, found 2; set prefix to one of "module.encoder.", "module.decoder.", and convert the others by further calls, each with a name of its own.',
    );
  });

  test('that is not there is an error with those that are', () => {
    expect(() => torchToSecateur(several, { prefix: 'encoder.' })).toThrow(
      'torchToSecateur: expected weights named "encoder.weight_ih_l0" and so on, found module.encoder.weight_ih_l0, module.encoder.weight_hh_l0, module.decoder.weight_ih_l0, module.decoder.weight_hh_l0; set prefix to "module.encoder.", "module.decoder.", or leave it out.',
    );
  });

  test('takes several modules one after the other, there and back', () => {
    const named = (name: string) => ({ prefix: `module.${name}.`, name: () => name });
    const one = torchToSecateur(several, named('encoder'));
    expect(Object.keys(one)).toContain('module.decoder.weight_ih_l0');
    const both = torchToSecateur(one, named('decoder'));
    expect(Object.keys(both).sort()).toEqual(
      ['decoder', 'encoder'].flatMap((name) => [
        `${name}/bias`,
        `${name}/kernel`,
        `${name}/recurrent`,
      ]),
    );
    let back = both;
    for (const name of ['encoder', 'decoder']) {
      back = secateurToTorch(back, { ...named(name), bias: false });
    }
    expect(back).toEqual(several);
  });

  test('with our default names for a second module is an error, not a loss', () => {
    const one = torchToSecateur(several, { prefix: 'module.encoder.' });
    expect(() => torchToSecateur(one)).toThrow(
      'torchToSecateur: expected a name for each weight, found "lstm1/kernel" for two; give each layer, direction and module one of its own with name or prefix.',
    );
  });
});

describe('projections', () => {
  const next = randomNumbers(11);
  const torch = {
    weight_ih_l0: randomArray([12, 5], next),
    weight_hh_l0: randomArray([12, 2], next),
    weight_hr_l0: randomArray([2, 3], next),
  };

  test('become a weight of their own and come back', () => {
    const ours = torchToSecateur(torch);
    expect(ours['lstm1/recurrent']!.shape).toEqual([2, 12]);
    expect(ours['lstm1/projection']!.shape).toEqual([3, 2]);
    // Row 1 of theirs is column 1 of ours.
    expect(ours['lstm1/projection']!.data[1]).toBe(torch.weight_hr_l0.data[3]);
    expect(secateurToTorch(ours, { bias: false })).toEqual(torch);
  });

  test('must fit the other weights', () => {
    const wrong = { ...torch, weight_hr_l0: randomArray([3, 3], next) };
    expect(() => torchToSecateur(wrong)).toThrow(
      'torchToSecateur: expected the weight_ih_l0 [4*units, input], weight_hh_l0 [4*units, projected] and weight_hr_l0 [projected, units] of nn.LSTM, found [12, 5] and [12, 2] and [3, 3]; were the weights mixed',
    );
    const ours = torchToSecateur(torch);
    expect(() =>
      secateurToTorch({ ...ours, 'lstm1/projection': randomArray([3, 3], next) }),
    ).toThrow(
      'secateurToTorch: expected lstm1/kernel [input, 4*units] and lstm1/recurrent [projected, 4*units] and lstm1/projection [units, projected] for nn.LSTM, found [5, 12] and [2, 12] and [3, 3]',
    );
    const name = (): string => 'lstm1';
    expect(() => secateurToTorch(ours, { cell: 'gru', name })).toThrow(
      'secateurToTorch: expected no lstm1/projection for nn.GRU, found one; only nn.LSTM has projections',
    );
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

  test('writes no biases for a module that has none, unless they would be lost', () => {
    const module = {
      weight_ih_l0: randomArray([8, 3], next),
      weight_hh_l0: randomArray([8, 2], next),
    };
    const ours = torchToSecateur(module);
    expect(secateurToTorch(ours, { bias: false })).toEqual(module);
    const biased = { ...ours, 'lstm1/bias': randomArray([8], next) };
    expect(() => secateurToTorch(biased, { bias: false })).toThrow(
      'secateurToTorch: expected biases of zero for a module without biases, found others in "lstm1"',
    );
  });

  test('overwrites no weight that has the name already', () => {
    const ours = torchToSecateur({
      weight_ih_l0: randomArray([8, 3], next),
      weight_hh_l0: randomArray([8, 2], next),
    });
    expect(() => secateurToTorch({ ...ours, weight_hh_l0: randomArray([1], next) })).toThrow(
      'secateurToTorch: expected a name for each weight, found "weight_hh_l0" for two',
    );
  });

  test('hands on what belongs to no layer', () => {
    const stray = { bias_ih_l7: randomArray([8], next) };
    const module = {
      weight_ih_l0: randomArray([8, 3], next),
      weight_hh_l0: randomArray([8, 2], next),
    };
    expect(torchToSecateur({ ...module, ...stray })['bias_ih_l7']).toBe(stray.bias_ih_l7);
  });
});
