import {
  add,
  clone,
  dispose,
  engine,
  mean,
  memory,
  mul,
  ones,
  tensor2d,
  tensor3d,
  tidy,
  train,
  variableGrads,
  zeros,
  type Scalar,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Variable,
} from '@tensorflow/tfjs-core';
import {
  bidirectional,
  bidirectionalLayer,
  CellError,
  constant,
  dense,
  denseLayer,
  dropout,
  dropoutLayer,
  embedding,
  embeddingLayer,
  lstm,
  lstmLayer,
  rhn,
  rhnLayer,
  sequence,
  softmaxCrossEntropy,
  uniformWeights,
  variationalDropout,
  variationalMask,
  weightTensors,
  weightVariables,
  wordDropout,
} from '@secateur/cells';
import {
  countParameters,
  formatLayout,
  groupSize,
  issGroups,
  layoutShapes,
} from '@secateur/groups';
import {
  describeBackend,
  expectAllClose,
  rhnLanguageModelLayout,
  stackedLstmLayout,
} from '@secateur/testing';
import { describe, expect, test } from 'vitest';

const dims = { vocab: 7, embed: 3, h1: 5, h2: 4 };
const init = uniformWeights({ min: -0.5, max: 0.5, seed: 4 });

/** A language model; `rate` is that of its dropout. */
const languageModel = (rate: number) =>
  sequence(
    embeddingLayer('embedding', { vocab: 'vocab', width: 'embed' }),
    dropoutLayer(rate),
    lstmLayer('lstm1', { input: 'embed', units: 'h1' }),
    dropoutLayer(rate),
    lstmLayer('lstm2', { input: 'h1', units: 'h2' }),
    dropoutLayer(rate),
    denseLayer('softmax', { input: 'h2', output: 'vocab' }),
  );

/** A Recurrent Highway Network whose embedding is its softmax. */
const highway = (depth: number) =>
  sequence(
    embeddingLayer('embedding', { vocab: 'vocab', width: 'width', wordDropout: 0.3 }),
    dropoutLayer(0.2, { variational: true }),
    rhnLayer('rhn', { input: 'width', units: 'width', depth }),
    denseLayer('softmax', { input: 'width', output: 'vocab', tiedTo: 'embedding' }),
  );

describe('the layout of a sequence', () => {
  test('is that of the paper: two LSTMs', () => {
    const sizes = { vocab: 10_000, embed: 1500, h1: 1500, h2: 1500 };
    const layout = languageModel(0.6).layout(sizes);
    const written = stackedLstmLayout({ vocab: 10_000, embed: 1500, hidden: [1500, 1500] });
    expect(formatLayout(layout)).toBe(formatLayout(written));
    expect(countParameters(layout)).toBe(66_022_000);
    const groups = issGroups(layout).map((set) => groupSize(set, layoutShapes(layout)));
    expect(groups).toEqual([24_000, 28_000]);
  });

  test('is that of the paper: a Recurrent Highway Network with a tied embedding', () => {
    const layout = highway(10).layout({ vocab: 10_000, width: 830 });
    const written = rhnLanguageModelLayout({ vocab: 10_000, width: 830, depth: 10 });
    expect(formatLayout(layout)).toBe(formatLayout(written));
  });

  test('has the states of its layers', () => {
    expect(languageModel(0).states).toEqual({
      'lstm1/h': 'h1',
      'lstm1/c': 'h1',
      'lstm2/h': 'h2',
      'lstm2/c': 'h2',
    });
  });

  test('refuses no layers, and one name twice', () => {
    expect(() => sequence()).toThrow('sequence: expected at least one layer, found none');
    const layer = lstmLayer('lstm', { input: 'a', units: 'a' });
    expect(() => sequence(layer, layer)).toThrow(
      'sequence: expected layers of different names, found "lstm" twice; rename one.',
    );
    const both = bidirectionalLayer(layer, lstmLayer('back', { input: 'a', units: 'a' }));
    for (const layers of [
      [both, both],
      [layer, both],
    ]) {
      expect(() => sequence(...layers)).toThrow(
        'sequence: expected layers of different names, found "lstm" twice; rename one.',
      );
    }
    expect(() => bidirectionalLayer(layer, layer)).toThrow(
      'bidirectionalLayer: expected layers of different names, found "lstm" twice; rename one.',
    );
  });
});

describe('first weights', () => {
  test('come from a seed or from an initializer', () => {
    const net = languageModel(0);
    const weights = net.init(dims, 3);
    expect(Object.keys(weights)).toEqual(Object.keys(net.layout(dims).weights));
    expect(weights).toEqual(net.init(dims, 3));
    expect(weights['lstm1/kernel']).not.toEqual(net.init(dims, 4)['lstm1/kernel']);
    expect(weights['lstm1/bias']!.data).toEqual(new Float32Array(20));
    const ones = net.init(dims, (_, shape) => constant(shape, 1));
    expect(ones['embedding']!.data).toEqual(new Float32Array(21).fill(1));
  });

  test('have the shapes of the layout, whatever an initializer gives', () => {
    const net = sequence(denseLayer('out', { input: 'a', output: 'b' }));
    const sizes = { a: 2, b: 3 };
    expect(() => net.init(sizes, undefined as never)).toThrow(
      'init: expected a seed or an initializer, found undefined; pass a whole number.',
    );
    expect(() => net.init(sizes, () => constant([7]))).toThrow(
      'init: expected 6 values of shape [2, 3] for "out/kernel", found 7 of shape [7]; the initializer is told the shape.',
    );
    expect(() => net.init(sizes, () => constant([3, 2]))).toThrow('found 6 of shape [3, 2]');
    expect(() => net.init(sizes, () => undefined as never)).toThrow('found none of shape []');
  });

  test('layers refuse a rate when they are made', () => {
    for (const rate of [1.5, NaN, -0.1, '0.5' as never]) {
      const found = typeof rate === 'string' ? '"0.5"' : String(rate);
      expect(() => dropoutLayer(rate)).toThrow(
        `dropoutLayer: expected a rate of at least 0 and below 1, found ${found}; it is`,
      );
      const table = { vocab: 'v', width: 'w', wordDropout: rate };
      expect(() => embeddingLayer('words', table)).toThrow(
        `words: expected wordDropout of at least 0 and below 1, found ${found}; it is`,
      );
    }
  });
});

describeBackend('sequence', () => {
  const ids = (): Tensor2D => tensor2d([0, 6, 2, 3, 3, 5], [2, 3], 'int32');

  test('runs its layers one after the other, from and to states', () => {
    const net = languageModel(0.5);
    tidy(() => {
      const weights = weightTensors(net.init(dims, init));
      const before = {
        h: tensor2d(new Float32Array(8).fill(1), [2, 4]),
        c: tensor2d(new Float32Array(8).fill(0.5), [2, 4]),
      };
      const state = { 'lstm2/h': before.h, 'lstm2/c': before.c };
      const actual = net.apply(weights, ids(), { state });
      const of = (name: string) => ({
        kernel: weights[`${name}/kernel`] as Tensor2D,
        recurrent: weights[`${name}/recurrent`] as Tensor2D,
        bias: weights[`${name}/bias`] as never,
      });
      const first = lstm(embedding(ids(), weights['embedding'] as Tensor2D), of('lstm1'));
      const second = lstm(first.outputs, of('lstm2'), before);
      const { kernel, bias } = of('softmax');
      expectAllClose(actual.outputs, dense(second.outputs, kernel, bias).dataSync(), { atol: 0 });
      expectAllClose(actual.state['lstm1/c']!, first.state.c.dataSync(), { atol: 0 });
      expectAllClose(actual.state['lstm2/h']!, second.state.h.dataSync(), { atol: 0 });
    });
  });

  test('refuses a state that no layer has', () => {
    const net = sequence(lstmLayer('l', { input: 'a', units: 'h' }));
    tidy(() => {
      const weights = weightTensors(net.init({ a: 1, h: 1 }, init));
      const state = { 'lstm/h': zeros([1, 1]) as Tensor2D, 'lstm/c': zeros([1, 1]) as Tensor2D };
      expect(() => net.apply(weights, ones([1, 1, 1]), { state })).toThrow(CellError);
      expect(() => net.apply(weights, ones([1, 1, 1]), { state })).toThrow(
        'sequence: expected states to be l/h, l/c, found "lstm/h"; leave it out.',
      );
    });
  });

  test('drops in training only, every layer with the next seed', () => {
    tidy(() => {
      const x = ones([2, 3, 4]);
      const net = sequence(dropoutLayer(0.5), dropoutLayer(0.25, { variational: true }));
      expectAllClose(net.apply({}, x).outputs, x.dataSync());
      const actual = net.apply({}, x, { training: { seed: 10 } }).outputs;
      const expected = variationalDropout(dropout(x as Tensor3D, 0.5, 10), 0.25, 11);
      expectAllClose(actual, expected.dataSync(), { atol: 0 });
    });
  });

  test('drops whole words, which it has to be told', () => {
    const net = highway(1);
    tidy(() => {
      const weights = weightTensors(net.init({ vocab: 7, width: 3 }, init));
      const [table] = net.layers;
      const words = [0, 6, 2, 3, 3, 5];
      const actual = table!.apply(weights, ids(), { training: { seed: 2, ids: words } }).outputs;
      const embedded = embedding(ids(), weights['embedding'] as Tensor2D);
      expectAllClose(actual, wordDropout(embedded, words, 0.3, 2).dataSync(), { atol: 0 });
      expect(() => net.apply(weights, ids(), { training: { seed: 2 } })).toThrow(CellError);
      expect(() => net.apply(weights, ids(), { training: { seed: 2 } })).toThrow(
        'embedding: expected the words of the step in training.ids, found none',
      );
    });
  });

  test('reads both ways, within the length of each sequence', () => {
    const ways = ['fw', 'bw'].map((name) => lstmLayer(name, { input: 'a', units: name }));
    const net = sequence(bidirectionalLayer(ways[0]!, ways[1]!));
    tidy(() => {
      const weights = weightTensors(net.init({ a: 2, fw: 3, bw: 4 }, init));
      const x = tensor3d([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]);
      const run = (k: number) => (given: Tensor3D) =>
        ways[k]!.apply(weights, given).outputs as Tensor3D;
      const short = net.apply(weights, x, { lengths: [2, 1] }).outputs;
      expectAllClose(short, bidirectional(x, [2, 1], run(0), run(1)).dataSync(), { atol: 0 });
      expectAllClose(
        net.apply(weights, x).outputs,
        bidirectional(x, [2, 2], run(0), run(1)).dataSync(),
        { atol: 0 },
      );
    });
  });

  test('drops the states of both ways in training, each with a seed of its own', () => {
    const ways = ['fw', 'bw'].map((name) =>
      rhnLayer(name, { input: 'a', units: name, depth: 2, stateDropout: 0.5 }),
    );
    const net = sequence(
      dropoutLayer(0.5),
      bidirectionalLayer(ways[0]!, ways[1]!),
      dropoutLayer(0.25),
    );
    tidy(() => {
      const weights = weightTensors(net.init({ a: 2, fw: 4, bw: 4 }, init));
      const x = ones([2, 3, 2]) as Tensor3D;
      const lengths = [3, 2];
      // The dropout before takes seed 10, the two directions the next ones, the dropout after what comes then.
      const run = (name: string, seed: number) => (given: Tensor3D) => {
        const own = Object.fromEntries(
          ['kernel', 'recurrent', 'bias'].map((part) => [part, weights[`${name}/${part}`]!]),
        );
        return rhn(given, own as never, undefined, { mask: variationalMask(2, 4, 0.5, seed) })
          .outputs;
      };
      const dropped = bidirectional(dropout(x, 0.5, 10), lengths, run('fw', 11), run('bw', 12));
      const actual = net.apply(weights, x, { lengths, training: { seed: 10 } }).outputs;
      expectAllClose(actual, dropout(dropped, 0.25, 13).dataSync(), { atol: 0 });
      const whole = net.apply(weights, x, { lengths }).outputs;
      expect([...whole.dataSync()]).not.toEqual([...actual.dataSync()]);
    });
  });

  test('zero states have the sizes of the weights', () => {
    const net = languageModel(0);
    const weights = weightTensors(net.init({ ...dims, h1: 2 }, init));
    const state = net.zeroState(weights, 3);
    expect(Object.entries(state).map(([name, { shape }]) => [name, shape])).toEqual([
      ['lstm1/h', [3, 2]],
      ['lstm1/c', [3, 2]],
      ['lstm2/h', [3, 4]],
      ['lstm2/c', [3, 4]],
    ]);
    dispose({ ...state });
    dispose(weights);
  });

  test('learns a sequence and keeps no tensor', () => {
    const net = languageModel(0.1);
    const variables = weightVariables(net.init(dims, init));
    const words = tensor2d([0, 1, 2, 3, 4, 5], [1, 6], 'int32');
    const labels = tensor2d([1, 2, 3, 4, 5, 6], [1, 6], 'int32');
    const optimizer = train.adam(0.05);
    const loss = (step?: number): Scalar => {
      const training = step === undefined ? {} : { training: { seed: 3 * step } };
      return mean(softmaxCrossEntropy(net.apply(variables, words, training).outputs, labels));
    };
    const train1 = (step: number): void => {
      optimizer.minimize(() => loss(step));
    };
    const value = (): number => tidy(() => loss().dataSync()[0]!);
    const untrained = value();
    train1(0);
    const before = memory().numTensors;
    for (let step = 1; step <= 40; step++) train1(step);
    expect(memory().numTensors).toBe(before);
    expect(untrained).toBeGreaterThan(1.5);
    expect(value()).toBeLessThan(0.5 * untrained);
    dispose(variables);
    dispose([words, labels]);
    optimizer.dispose();
  });

  test('gives every variable a gradient that agrees with a step along it', () => {
    const net = languageModel(0.2);
    const variables = weightVariables(net.init(dims, init));
    tidy(() => {
      const labels = tensor2d([1, 2, 3, 4, 5, 6], [2, 3], 'int32');
      const loss = (): Scalar =>
        mean(
          softmaxCrossEntropy(
            net.apply(variables, ids(), { training: { seed: 3 } }).outputs,
            labels,
          ),
        );
      const { grads: slopes } = variableGrads(loss);
      expect(Object.keys(slopes)).toHaveLength(9);
      for (const each of Object.values(variables)) {
        const slope = slopes[each.name]!;
        const squares = slope.dataSync<'float32'>().reduce((total, d) => total + d * d, 0);
        const start = clone(each as Tensor);
        const at = (step: number): number => {
          const moved = tidy(() => add(start, mul(slope, step / Math.sqrt(squares))));
          each.assign(moved as Variable);
          return loss().dataSync()[0]!;
        };
        const rise = (at(0.01) - at(-0.01)) / 0.02;
        each.assign(start as Variable);
        expectAllClose([rise], [Math.sqrt(squares)], { rtol: 5e-3, atol: 1e-4 });
      }
    });
    dispose(variables);
  });
});

describeBackend('weightVariables', () => {
  test('makes trainable variables that are called as the weights, or none', () => {
    const weights = languageModel(0).init(dims, init);
    const variables = weightVariables(weights);
    for (const [name, each] of Object.entries(variables)) {
      expect(each.name).toBe(name);
      expect(each.trainable).toBe(true);
      expect(engine().registeredVariables[name]).toBe(each);
    }
    const before = memory().numTensors;
    // Two variables of one name are refused by TensorFlow.js.
    expect(() => weightVariables({ new: constant([2]), ...weights })).toThrow('embedding');
    expect(memory().numTensors).toBe(before);
    const others = weightVariables(weights, { prefix: 'teacher/' });
    expect(Object.keys(others)).toEqual(Object.keys(variables));
    expect(others['embedding']!.name).toBe('teacher/embedding');
    dispose(others);
    dispose(variables);
  });
});
