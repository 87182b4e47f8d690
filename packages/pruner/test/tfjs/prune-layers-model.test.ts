import { memory, tensor, tidy, zeros, type Tensor } from '@tensorflow/tfjs-core';
import {
  input,
  layers,
  model as functional,
  sequential,
  type LayersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { fixDims, layoutFromJson, parseLayout } from '@secateur/groups';
import { describeBackend } from '@secateur/testing';
import { smallGraphModel, unloadedGraphModel } from '@secateur/testing/graph-model';
import { expect, test } from 'vitest';
import { PrunerError } from '@secateur/pruner';
import { pruneLayersModel, type PruneLayersModelOptions } from '@secateur/pruner/tfjs';
import {
  clearRows,
  disposeModel,
  expectSame,
  gap,
  gru,
  languageModel,
  lstm,
  randomize,
  sequences,
  setWeights,
  weightsOf,
} from './layers-model.ts';

const ids = (): Tensor => tensor([0, 1, 2, 3, 4, 6, 5, 4, 3, 2], [2, 5], 'int32');
function initializersOf(config: unknown): string[] {
  return [...JSON.stringify(config).matchAll(/Initializer":\{"className":"(\w+)"/g)].map(
    (match) => match[1]!,
  );
}

describeBackend('pruneLayersModel', () => {
  test('shrinks a stacked model with biases on its dead units and predicts the same', async () => {
    const model = languageModel();
    randomize(model, 1);
    const weights = weightsOf(model);
    clearRows(weights, 'first/recurrent', [0, 2]);
    clearRows(weights, 'second/kernel', [0, 2]);
    clearRows(weights, 'second/recurrent', [1]);
    clearRows(weights, 'logits/kernel', [1]);
    setWeights(model, weights);
    const result = pruneLayersModel(model);
    expect(result.kept).toEqual({ first: [1, 3], second: [0, 2] });
    expect(result.exact).toBe(true);
    expect(result.model.weights.map(({ shape }) => shape)).toEqual([
      [7, 3],
      [3, 8],
      [2, 8],
      [8],
      [2, 8],
      [2, 8],
      [8],
      [2, 7],
      [7],
    ]);
    expect(result.report.sizes['first']).toEqual({ before: 4, after: 2, ratio: 2 });
    expect(result.report.notes).toEqual([]);
    const x = ids();
    expect(await gap(model, result.model, x)).toBeLessThan(1e-6);
    // The old model is as it was, and the new one carries what was done.
    expect(weightsOf(model)).toEqual(weights);
    expect(Object.keys(result.layout.weights)).toEqual(
      result.model.weights.map(({ name }) => name),
    );
    const { iss } = result.model.getUserDefinedMetadata() as {
      iss: { kept: unknown; layout: unknown };
    };
    expect(iss.kept).toEqual(result.kept);
    expect(iss.layout).toMatchObject({ dims: { first: 2, second: 2 } });
    const { weights: named } = layoutFromJson(iss.layout);
    const saved = result.model.weights.map(({ originalName }) => originalName);
    expect(Object.keys(named)).toEqual(saved);
    expect(saved).not.toEqual(result.model.weights.map(({ name }) => name));
    expect(initializersOf(result.model.getConfig())).toEqual(initializersOf(model.getConfig()));
    x.dispose();
    disposeModel(model, result.model);
  });

  test('can be applied to its own result', async () => {
    const model = languageModel();
    randomize(model, 2);
    const first = pruneLayersModel(model);
    expect(first.report.parameters.ratio).toBe(1);
    const weights = weightsOf(first.model);
    clearRows(weights, 'second/recurrent', [0]);
    clearRows(weights, 'logits/kernel', [0]);
    setWeights(first.model, weights);
    const second = pruneLayersModel(first.model);
    expect(second.kept['second']).toEqual([1, 2]);
    const x = ids();
    expect(await gap(first.model, second.model, x)).toBeLessThan(1e-6);
    x.dispose();
    disposeModel(model, first.model, second.model);
  });

  test('with a target removes weak components too, until the model costs no more', () => {
    const model = languageModel();
    randomize(model, 5);
    const result = pruneLayersModel(model, { target: { macs: 0.6, roundTo: 2 } });
    const { macs, sizes } = result.report;
    // 3*16 + 4*16 and 4*12 + 3*12 of the LSTMs, 3*7 of the dense layer.
    expect(macs.before).toBe(217);
    expect(macs.after).toBeLessThanOrEqual(0.6 * 217);
    // What loses nothing keeps its size, whatever that is.
    for (const { before, after } of [sizes['first']!, sizes['second']!]) {
      expect(after === before || after % 2 === 0).toBe(true);
    }
    expect(result.exact).toBe(false);
    expect(result.model.weights[2]!.shape).toEqual([
      sizes['first']!.after,
      4 * sizes['first']!.after,
    ]);
    expect(() => pruneLayersModel(model, { target: { macs: 0.001 } })).toThrow(
      /^chooseKept: expected /,
    );
    expect(() => pruneLayersModel(model, { target: { macs: 0.5 }, tolerance: 0.1 })).toThrow(
      'pruneLayersModel: expected a tolerance or a target, found both; leave the tolerance out.',
    );
    disposeModel(model, result.model);
  });

  test('keeps as many components as it is told, with a target or without', () => {
    const model = languageModel();
    // Nothing reads anything: one unit of each would be left.
    tidy(() => {
      model.setWeights(model.getWeights().map((weight) => zeros(weight.shape)));
    });
    const sizes = (options: PruneLayersModelOptions): number[] => {
      const { model: small, report } = pruneLayersModel(model, options);
      disposeModel(small);
      return ['first', 'second'].map((dim) => report.sizes[dim]!.after);
    };
    expect(sizes({})).toEqual([1, 1]);
    expect(sizes({ atLeast: 2 })).toEqual([2, 2]);
    expect(sizes({ atLeast: 2, target: { macs: 0.9 } })).toEqual([2, 2]);
    expect(sizes({ target: { macs: 0.9, atLeast: 2 } })).toEqual([2, 2]);
    expect(() => sizes({ atLeast: 0 })).toThrow(
      'pruneLayersModel: expected atLeast as a whole number of 1 or more, found 0; leave it out to keep one of each.',
    );
    disposeModel(model);
  });

  test('a target takes dead components first, and both directions of a Bidirectional come out alike', () => {
    const model = sequential({
      layers: [
        layers.bidirectional({
          layer: lstm(4) as never,
          mergeMode: 'concat',
          inputShape: [4, 2],
          name: 'both',
        }),
        layers.timeDistributed({ layer: layers.dense({ units: 3 }), name: 'head' }),
      ],
    });
    randomize(model, 7);
    const { model: small, kept } = pruneLayersModel(model, { target: { macs: 0.5 } });
    const [forward, backward] = Object.values(kept);
    expect(forward!.length).toBeLessThan(4);
    expect(backward).toHaveLength(forward!.length);
    disposeModel(model, small);
  });

  test('keeps the larger direction of a Bidirectional, pads the other and says so', async () => {
    const model = sequential({
      layers: [
        layers.bidirectional({
          layer: lstm(4) as never,
          mergeMode: 'concat',
          inputShape: [4, 2],
          name: 'both',
        }),
        layers.timeDistributed({ layer: layers.dense({ units: 3 }), name: 'head' }),
      ],
    });
    randomize(model, 3);
    const weights = weightsOf(model);
    const recurrent = Object.keys(weights).filter((name) => name.includes('recurrent'));
    clearRows(
      weights,
      recurrent.find((name) => name.includes('forward'))!,
      [0, 1, 3],
    );
    clearRows(
      weights,
      recurrent.find((name) => name.includes('backward'))!,
      [1],
    );
    // Rows 0 to 3 of the head read the forward direction, 4 to 7 the backward one.
    clearRows(weights, 'head', [0, 1, 3, 5]);
    setWeights(model, weights);
    const { model: small, kept, report } = pruneLayersModel(model);
    const [forward, backward] = Object.keys(kept);
    // Unit 2 of the forward direction is alive, two of the three dead ones come with it.
    expect(kept[forward!]).toHaveLength(3);
    expect(kept[forward!]).toContain(2);
    expect(kept[backward!]).toEqual([0, 2, 3]);
    expect(report.notes).toEqual([
      `both: "${forward}" needs 1 units, but a stock Bidirectional layer has one size for both directions, so it keeps 2 dead units and has 3`,
    ]);
    expect(small.layers[0]!.weights[0]!.shape).toEqual([2, 12]);
    await expectSame(model, small, sequences(2));
  });

  test('follows the offsets of a concatenation in a functional model', async () => {
    const x = input({ shape: [4, 2] });
    const a = lstm(3, { name: 'a' }).apply(x) as SymbolicTensor;
    const b = lstm(2, { name: 'b', recurrentActivation: 'sigmoid' }).apply(x) as SymbolicTensor;
    const joined = layers.concatenate().apply([a, b, a]) as SymbolicTensor;
    const last = lstm(3, { name: 'last', returnSequences: false }).apply(joined) as SymbolicTensor;
    const output = layers.dense({ units: 2, activation: 'softmax', name: 'answer' }).apply(last);
    const model = functional({ inputs: x, outputs: output as SymbolicTensor });
    randomize(model, 4);
    const weights = weightsOf(model);
    clearRows(weights, 'a/recurrent', [1]);
    clearRows(weights, 'b/recurrent', [0]);
    // Rows: a 0-2, b 3-4, a again 5-7.
    clearRows(weights, 'last/kernel', [1, 3, 6]);
    setWeights(model, weights);
    const { model: small, kept } = pruneLayersModel(model);
    expect(kept).toEqual({ a: [0, 2], b: [1], last: [0, 1, 2] });
    await expectSame(model, small, sequences(2));
  });

  test.each([
    ['an LSTM', lstm],
    ['a GRU', gru],
  ])('keeps %s whose state is the output of the model', (_, layer) => {
    const model = sequential({ layers: [layer(3, { inputShape: [4, 2], name: 'only' })] });
    randomize(model, 5);
    const weights = weightsOf(model);
    clearRows(weights, 'only/recurrent', [0, 1, 2]);
    setWeights(model, weights);
    const { model: small } = pruneLayersModel(model);
    expect(small.outputs[0]!.shape).toEqual([null, 4, 3]);
    disposeModel(model, small);
  });

  test('prunes a dense layer when its dimension is named', async () => {
    const model = sequential({
      layers: [
        layers.dense({ units: 4, inputShape: [2], activation: 'relu', name: 'hidden' }),
        layers.dense({ units: 2, name: 'answer' }),
      ],
    });
    randomize(model, 6);
    const weights = weightsOf(model);
    clearRows(weights, 'answer/kernel', [0, 3]);
    setWeights(model, weights);
    const { model: small, kept } = pruneLayersModel(model, { dims: ['hidden'] });
    expect(kept).toEqual({ hidden: [1, 2] });
    await expectSame(model, small, tensor([1, -2, 0.5, 3], [2, 2]));
  });

  test('takes a layout of the caller and refuses one that makes an output a dimension', () => {
    const model = sequential({
      layers: [
        layers.dense({ units: 3, inputShape: [2], name: 'inner' }),
        layers.dense({ units: 3, name: 'outer' }),
      ],
    });
    randomize(model, 7);
    const names = model.weights.map(({ name }) => name);
    const text = (outer: string): string =>
      `dims h = 3  o = 3\n${names[0]} 2 -> h\n${names[1]} -> h\n${names[2]} h -> ${outer}\n${names[3]} -> ${outer}`;
    const layout = parseLayout(text('o'));
    const attempt = () => pruneLayersModel(model, { layout, dims: ['o'] });
    expect(attempt).toThrow(PrunerError);
    expect(attempt).toThrow(
      'expected dimensions inside the model, found "o", which is one of its outputs',
    );
    expect(() => pruneLayersModel(model, { layout, dims: ['z'] })).toThrow(
      'pruneLayersModel: expected a dimension of the layout (h, o), found "z"',
    );
    const result = pruneLayersModel(model, { layout, dims: ['h'] });
    expect(result.kept).toEqual({ h: [0, 1, 2] });
    disposeModel(model, result.model);
  });

  test('refuses a tf.GraphModel and what is no model, with a layout or without', async () => {
    const graph = await smallGraphModel();
    const layout = parseLayout('dims h = 2\nlstm/kernel h -> h');
    for (const found of [graph, unloadedGraphModel()]) {
      for (const options of [{}, { layout }]) {
        const attempt = () => pruneLayersModel(found as unknown as LayersModel, options);
        expect(attempt).toThrow(PrunerError);
        expect(attempt).toThrow(
          /^pruneLayersModel: expected a built tf\.LayersModel, found a tf\.GraphModel, .*load it with tf\.loadLayersModel/,
        );
      }
    }
    graph.dispose();
    for (const nothing of [undefined, null, {}, 'model.json']) {
      expect(() => pruneLayersModel(nothing as unknown as LayersModel, { layout })).toThrow(
        'pruneLayersModel: expected a built tf.LayersModel, found',
      );
    }
  });

  test('leaves fixed widths as they are, dead or not, and keeps them in the layout', () => {
    const model = sequential({
      layers: [
        layers.dense({ units: 3, inputShape: [2], name: 'inner' }),
        layers.dense({ units: 3, name: 'middle' }),
        layers.dense({ units: 1, name: 'outer' }),
      ],
    });
    randomize(model, 11);
    const weights = weightsOf(model);
    clearRows(weights, 'middle/kernel', [1]);
    clearRows(weights, 'outer/kernel', [0]);
    setWeights(model, weights);
    const names = model.weights.map(({ name }) => name);
    const axes = ['2 -> h', '-> h', 'h -> m', '-> m', 'm -> 1', '-> 1'];
    const lines = names.map((name, i) => `${name} ${axes[i]!}`);
    const free = parseLayout(['dims h = 3  m = 3', ...lines].join('\n'));
    const layout = fixDims(free, ['h']);
    expect(pruned({ layout: free, dims: ['h', 'm'] })).toEqual([[2, 2], {}]);
    expect(pruned({ layout, dims: ['m'] })).toEqual([[3, 2], { h: 3 }]);
    disposeModel(model);

    function pruned(options: Parameters<typeof pruneLayersModel>[1]): unknown {
      const result = pruneLayersModel(model, options);
      const sizes = [0, 2].map((i) => result.model.weights[i]!.shape[1]);
      disposeModel(result.model);
      return [sizes, result.layout.fixed ?? {}];
    }
  });

  test('removes small units under a tolerance and says that this is not exact', async () => {
    const model = languageModel();
    randomize(model, 8);
    const weights = weightsOf(model);
    for (const ending of ['second/recurrent', 'logits/kernel']) {
      clearRows(weights, ending, [2]);
      const name = Object.keys(weights).find((key) => key.includes(ending))!;
      const { data, shape } = weights[name]!;
      data.fill(1e-5, 2 * shape[1]!, 3 * shape[1]!);
    }
    setWeights(model, weights);
    const { model: small, exact, kept } = pruneLayersModel(model, { tolerance: 1e-4 });
    expect(kept['second']).toEqual([0, 1]);
    expect(exact).toBe(false);
    const x = ids();
    const difference = await gap(model, small, x);
    expect(difference).toBeGreaterThan(0);
    expect(difference).toBeLessThan(1e-4);
    x.dispose();
    disposeModel(model, small);
  });

  test('adds no tensors but the weights of the new model', () => {
    const model = languageModel();
    const before = memory().numTensors;
    const { model: small } = pruneLayersModel(model);
    expect(memory().numTensors).toBe(before + small.weights.length);
    disposeModel(model, small);
  });
});
