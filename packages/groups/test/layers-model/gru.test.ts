import '@tensorflow/tfjs-backend-cpu';
import { setBackend } from '@tensorflow/tfjs-core';
import { input, layers, model, sequential, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { groupSize, issGroups, layoutShapes, recurrentDims } from '../../src/index.ts';
import { apply, derive, weightsOf } from './derive.ts';
import { bidirectional, gru, lstm, simpleRnn } from './models.ts';
import { expectUnreadComponentsAreUnseen } from './unread.ts';

beforeAll(async () => {
  await setBackend('cpu');
});

describe('layersModelLayout of models with GRU', () => {
  test('a GRU between an embedding, an LSTM and a dense layer', () => {
    const whole = sequential({
      layers: [
        layers.embedding({ name: 'ids_gru', inputDim: 3, outputDim: 2, inputShape: [4] }),
        gru({ name: 'one_gru', units: 3, returnSequences: true }),
        layers.dropout({ rate: 0.5 }),
        lstm({ name: 'two_gru', units: 4, returnSequences: true }),
        gru({ name: 'three_gru', units: 5, useBias: false, recurrentActivation: 'sigmoid' }),
        layers.dense({ name: 'head_gru', units: 6 }),
      ],
    });
    const layout = derive(whole);
    expect(layout.dims).toEqual({ ids_gru: 2, one_gru: 3, two_gru: 4, three_gru: 5 });
    expect(weightsOf(layout, 'one_gru')).toEqual({
      kernel: 'ids_gru -> 3*one_gru',
      recurrent_kernel: 'one_gru -> 3*one_gru',
      bias: '-> 3*one_gru',
    });
    expect(weightsOf(layout, 'two_gru')['kernel']).toBe('one_gru -> 4*two_gru');
    expect(weightsOf(layout, 'three_gru')).toEqual({
      kernel: 'two_gru -> 3*three_gru',
      recurrent_kernel: 'three_gru -> 3*three_gru',
    });
    expect(recurrentDims(layout)).toEqual(['one_gru', 'two_gru', 'three_gru']);
    const shapes = layoutShapes(layout);
    // Columns of kernel and of recurrent_kernel, the own row, the row of the reader.
    expect(issGroups(layout).map((set) => groupSize(set, shapes))).toEqual([
      3 * 2 + 3 * 3 + 9 + 16,
      4 * 3 + 4 * 4 + 16 + 15,
      3 * 4 + 3 * 5 + 15 + 6,
    ]);
    expectUnreadComponentsAreUnseen(whole, layout);
  });

  test('nothing unread is seen, whatever the activations', () => {
    const whole = sequential({
      layers: [
        gru({ name: 'one_act', units: 3, returnSequences: true, inputShape: [4, 2] }),
        gru({ name: 'two_act', units: 2, activation: 'elu', recurrentActivation: 'sigmoid' }),
        layers.dense({ units: 2 }),
      ],
    });
    const layout = derive(whole);
    expect(layout.dims).toEqual({ one_act: 3, two_act: 2 });
    expectUnreadComponentsAreUnseen(whole, layout);
  });

  test('fixes features that an activation of the GRU mixes, and a GRU that is an output', () => {
    const mixed = sequential({
      layers: [
        gru({ units: 3, recurrentActivation: 'softmax', inputShape: [4, 2] }),
        layers.dense({ units: 1 }),
      ],
    });
    expect(derive(mixed).dims).toEqual({});
    const last = sequential({ layers: [gru({ name: 'out_gru', units: 3, inputShape: [4, 2] })] });
    expect(derive(last).dims).toEqual({});
    expect(weightsOf(derive(last), 'out_gru')['kernel']).toBe('2 -> 3*3');
  });

  test('reads both directions of a bidirectional GRU one after the other', () => {
    const whole = sequential({
      layers: [
        bidirectional(
          'bi_gru',
          { units: 3, returnSequences: true, inputShape: [4, 2] },
          'concat',
          gru,
        ),
        bidirectional('bj_gru', { units: 2 }, 'concat', gru),
        layers.dense({ name: 'bh_gru', units: 1 }),
      ],
    });
    const layout = derive(whole);
    expect(layout.dims).toEqual({
      'bi_gru/forward': 3,
      'bi_gru/backward': 3,
      'bj_gru/forward': 2,
      'bj_gru/backward': 2,
    });
    expect(recurrentDims(layout)).toEqual(Object.keys(layout.dims));
    const kernels = Object.values(weightsOf(layout, 'bj_gru')).filter((text) =>
      text.startsWith('bi_gru'),
    );
    expect(kernels).toEqual([
      'bi_gru/forward + bi_gru/backward -> 3*bj_gru/forward',
      'bi_gru/forward + bi_gru/backward -> 3*bj_gru/backward',
    ]);
    expectUnreadComponentsAreUnseen(whole, layout);
  });

  test('shares one dimension between directions that are added', () => {
    const whole = sequential({
      layers: [
        bidirectional('bi_sum_gru', { units: 3, inputShape: [4, 2] }, 'sum', gru),
        layers.dense({ units: 1 }),
      ],
    });
    const layout = derive(whole);
    expect(layout.dims).toEqual({ 'bi_sum_gru/forward': 3 });
    // Two directions of 3*(2+3) columns and rows of 9, and one row of the head.
    expect(groupSize(issGroups(layout)[0]!, layoutShapes(layout))).toBe(2 * (15 + 9) + 1);
    expectUnreadComponentsAreUnseen(whole, layout);
  });

  test('a state that is handed on makes encoder and decoder one dimension', () => {
    const x = input({ shape: [4, 2] });
    const z = input({ shape: [5, 2] });
    const [, h] = gru({ name: 'enc_gru', units: 3, returnState: true }).apply(
      x,
    ) as SymbolicTensor[];
    const decoder = gru({ name: 'dec_gru', units: 3 });
    const y = decoder.apply(z, { initialState: [h!] }) as SymbolicTensor;
    const whole = model({ inputs: [x, z], outputs: apply(layers.dense({ units: 1 }), y) });
    const layout = derive(whole);
    expect(layout.dims).toEqual({ enc_gru: 3 });
    expect(weightsOf(layout, 'dec_gru')['kernel']).toBe('2 -> 3*enc_gru');
    expectUnreadComponentsAreUnseen(whole, layout);
  });

  test('a bidirectional encoder hands each direction to its own direction', () => {
    const x = input({ shape: [4, 2] });
    const z = input({ shape: [5, 2] });
    const encoder = bidirectional('enc_bi_gru', { units: 3, returnState: true }, 'concat', gru);
    const [, ...states] = encoder.apply(x) as SymbolicTensor[];
    expect(states).toHaveLength(2);
    const decoder = bidirectional('dec_bi_gru', { units: 3 }, 'concat', gru);
    const y = decoder.apply(z, { initialState: states }) as SymbolicTensor;
    const head = layers.dense({ name: 'h_bi_gru', units: 1 });
    const layout = derive(model({ inputs: [x, z], outputs: apply(head, y) }));
    expect(layout.dims).toEqual({ 'enc_bi_gru/forward': 3, 'enc_bi_gru/backward': 3 });
    expect(weightsOf(layout, 'h_bi_gru')['kernel']).toBe(
      'enc_bi_gru/forward + enc_bi_gru/backward -> 1',
    );
  });

  test('branches that meet, and a layer that both share', () => {
    const x = input({ shape: [4, 2] });
    const a = apply(gru({ name: 'a_gru', units: 3, returnSequences: true }), x);
    const b = apply(lstm({ name: 'b_gru', units: 3, returnSequences: true }), a);
    const shared = gru({ name: 's_gru', units: 2 });
    const joined = apply(layers.concatenate(), apply(shared, a), apply(shared, b));
    const whole = model({
      inputs: x,
      outputs: apply(layers.dense({ name: 'o_gru', units: 1 }), joined),
    });
    const layout = derive(whole);
    expect(layout.dims).toEqual({ a_gru: 3, s_gru: 2 });
    expect(weightsOf(layout, 'b_gru')['kernel']).toBe('a_gru -> 4*a_gru');
    expect(weightsOf(layout, 'o_gru')['kernel']).toBe('2*s_gru -> 1');
    expectUnreadComponentsAreUnseen(whole, layout);
  });
});

describe('layersModelLayout of models with SimpleRNN', () => {
  test('has one block of columns, alone and in both directions', () => {
    const inner = simpleRnn({ units: 2 });
    const whole = sequential({
      layers: [
        simpleRnn({ name: 'one_rnn', units: 3, returnSequences: true, inputShape: [4, 2] }),
        layers.bidirectional({ name: 'bi_rnn', layer: inner as never, mergeMode: 'concat' }),
        layers.dense({ name: 'head_rnn', units: 1 }),
      ],
    });
    const layout = derive(whole);
    expect(weightsOf(layout, 'one_rnn')).toEqual({
      kernel: '2 -> one_rnn',
      recurrent_kernel: 'one_rnn -> one_rnn',
      bias: '-> one_rnn',
    });
    expect(weightsOf(layout, 'head_rnn')['kernel']).toBe('bi_rnn/forward + bi_rnn/backward -> 1');
    expect(recurrentDims(layout)).toEqual(['one_rnn', 'bi_rnn/forward', 'bi_rnn/backward']);
    expectUnreadComponentsAreUnseen(whole, layout);
  });
});
