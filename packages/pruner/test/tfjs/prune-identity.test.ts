// What a user finds in a pruned model: their own model, smaller. Random models are in random-models.test.ts; these are the
// kinds that users of other tools reported, each by name.
import { neg, tensor, tidy, train, type Tensor } from '@tensorflow/tfjs-core';
import {
  constraints,
  initializers,
  input,
  layers,
  model as functional,
  models,
  sequential,
  type LayersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { describeBackend } from '@secateur/testing';
import { expect, test } from 'vitest';
import { pruneLayersModel } from '@secateur/pruner/tfjs';
import {
  clearRows,
  disposeModel,
  expectSame,
  gru,
  lstm,
  randomize,
  sequences,
} from './layers-model.ts';
import { setPastConstraints, valuesOf } from './values.ts';

/** Zeroes rows of the weights whose names hold the given parts, past constraints. */
function kill(model: LayersModel, rows: Readonly<Record<string, readonly number[]>>): void {
  const values = valuesOf(model);
  for (const [name, dead] of Object.entries(rows)) clearRows(values, name, dead);
  setPastConstraints(model, values);
}

describeBackend('pruneLayersModel and what is frozen', () => {
  const freezes: [string, (model: LayersModel) => void][] = [
    ['a layer', (model) => void (model.layers[1]!.trainable = false)],
    ['a model inside', (model) => void (model.layers[0]!.trainable = false)],
    ['a wrapper', (model) => void (model.getLayer('both').trainable = false)],
    [
      'a layer, and then the whole model',
      (model) => {
        model.getLayer('last').trainable = false;
        (model as unknown as { trainable: boolean }).trainable = false;
      },
    ],
  ];
  test.each(freezes)('%s: every weight goes to its own layer', async (_, freeze) => {
    const inner = sequential({ name: 'inner' });
    inner.add(lstm(3, { name: 'first', inputShape: [4, 2] }));
    const model = sequential();
    model.add(inner as never);
    model.add(layers.bidirectional({ name: 'both', layer: lstm(3) as never }));
    model.add(lstm(3, { name: 'last', returnSequences: false }));
    model.add(layers.dense({ units: 2 }));
    randomize(model, 5);
    // Rows of "both" read the units of "first"; those of "last" read both directions.
    kill(model, {
      'first/recurrent_kernel': [1],
      forward_lstm: [],
    });
    freeze(model);
    const before = model.weights.map(({ name }) => name.replace(/_\d+$/, ''));
    const { model: small } = pruneLayersModel(model);
    expect(small.weights.map(({ name }) => name.replace(/_\d+$/, ''))).toEqual(before);
    const flags = (one: LayersModel) => one.trainableWeights.length;
    expect(flags(small)).toBe(flags(model));
    await expectSame(model, small, sequences(2));
  });
});

describeBackend('pruneLayersModel and constraints', () => {
  test.each([
    ['nonNeg', { kernelConstraint: 'nonNeg' }],
    ['maxNorm', { kernelConstraint: constraints.maxNorm({ maxValue: 0.1, axis: 0 }) }],
    ['unitNorm', { recurrentConstraint: constraints.unitNorm({ axis: 0 }) }],
    [
      'minMaxNorm',
      { recurrentConstraint: constraints.minMaxNorm({ minValue: 2, maxValue: 3, axis: 0 }) },
    ],
  ])('%s is kept but not applied, and a note says what a loader will do', async (_, options) => {
    const model = sequential({
      layers: [
        gru(4, { name: 'rnn', inputShape: [4, 2], returnSequences: false, ...(options as object) }),
        layers.dense({ name: 'head', units: 1, kernelConstraint: 'nonNeg' }),
      ],
    });
    setPastConstraints(model, valuesOf(model, 7));
    kill(model, { 'rnn/recurrent': [2], 'head/kernel': [2] });
    const { model: small, kept, report } = pruneLayersModel(model);
    expect(kept).toEqual({ rnn: [0, 1, 3] });
    const config = JSON.stringify(model.getConfig()).replaceAll('"units":4', '"units":3');
    expect(JSON.stringify(small.getConfig())).toBe(config);
    expect(report.notes.length).toBeGreaterThan(0);
    for (const note of report.notes) {
      expect(note).toMatch(
        /^"(rnn|head)\/\w+" does not fulfil its \w+ constraint, .* it would change by up to [\d.]+$/,
      );
    }
    await expectSame(model, small, sequences(2));
  });
});

describeBackend('pruneLayersModel and widths in configurations', () => {
  test('a model inside, a later inputShape, a mask for all steps and a reshape follow the cut', async () => {
    const head = sequential({ name: 'head' });
    head.add(layers.dense({ name: 'hidden', units: 3, inputShape: [4], activation: 'relu' }));
    head.add(layers.dense({ name: 'answer', units: 1 }));
    const x = input({ shape: [4, 2] });
    const first = lstm(5, { name: 'first' }).apply(x);
    const masked = layers.dropout({ name: 'mask', rate: 0.5, noiseShape: [2, 1, 5] }).apply(first);
    const folded = layers.reshape({ name: 'fold', targetShape: [2, 10] }).apply(masked);
    const last = lstm(4, { name: 'last', returnSequences: false, inputShape: [2, 10] });
    const model = functional({
      inputs: x,
      outputs: head.apply(last.apply(folded)) as SymbolicTensor,
    });
    randomize(model, 8);
    // A row of "last" reads a unit of "first" at each of the two steps that lie side by side.
    kill(model, {
      'first/recurrent': [0, 4],
      'last/kernel': [0, 4, 5, 9],
      'last/recurrent': [1],
      'hidden/kernel': [1],
    });
    const { model: small, kept } = pruneLayersModel(model);
    expect(kept).toEqual({ first: [1, 2, 3], last: [0, 2, 3] });
    const config = (name: string): Record<string, unknown> =>
      small.getLayer(name).getConfig() as Record<string, unknown>;
    expect(config('mask')['noiseShape']).toEqual([2, 1, 3]);
    expect(config('fold')['targetShape']).toEqual([2, 6]);
    expect(config('last')['batchInputShape']).toEqual([null, 2, 6]);
    const inner = small.getLayer('head') as unknown as LayersModel;
    expect(inner.inputs[0]!.shape).toEqual([null, 3]);
    // It can still be trained, which a stale mask would not let it.
    small.compile({ optimizer: train.sgd(0.1), loss: 'meanSquaredError' });
    const [data, labels] = [sequences(2), tensor([0, 1], [2, 1])];
    const { history } = await small.fit(data, labels, { epochs: 1, batchSize: 2, verbose: 0 });
    expect(history['loss']![0]).toBeGreaterThan(0);
    small.optimizer.dispose();
    data.dispose();
    labels.dispose();
    disposeModel(model, small);
  });
});

describeBackend('pruneLayersModel and layers that share a name or weights', () => {
  const tower = (name: string, rnn: string, units: number): LayersModel => {
    const made = sequential({ name });
    made.add(lstm(units, { name: rnn, inputShape: [4, 2], returnSequences: false }));
    made.add(layers.dense({ name: 'proj', units: 2 }));
    return made;
  };
  const pair = (): [SymbolicTensor, SymbolicTensor] => [
    input({ shape: [4, 2] }),
    input({ shape: [4, 2] }),
  ];
  const answer = (...x: SymbolicTensor[]): SymbolicTensor =>
    layers
      .dense({ name: 'out', units: 1 })
      .apply(layers.concatenate().apply(x) as SymbolicTensor) as SymbolicTensor;
  const two = (): Tensor[] => [sequences(2), tidy(() => neg(sequences(2)))];

  test.each([3, 4, 6])('two models inside with equal names, %i units and 4', async (units) => {
    const [a, b] = pair();
    const left = tower('left', 'rnn', units);
    const right = tower('right', 'rnn', 4);
    const model = functional({
      inputs: [a, b],
      outputs: answer(left.apply(a) as SymbolicTensor, right.apply(b) as SymbolicTensor),
    });
    randomize(model, units);
    const [one, other] = model.weights
      .map(({ name }) => name)
      .filter((name) => name.startsWith('rnn/recurrent'));
    const [reader, otherReader] = model.weights
      .map(({ name }) => name)
      .filter((name) => name.startsWith('proj/kernel'));
    kill(model, { [one!]: [1], [reader!]: [1], [other!]: [0, 2], [otherReader!]: [0, 2] });
    const { model: small, kept } = pruneLayersModel(model);
    expect(Object.values(kept).map(({ length }) => length)).toEqual([units - 1, 2]);
    const x = two();
    await expectSameOf(model, small, x);
  });

  test('a layer of two models inside, and of the outer one, stays one layer', async () => {
    const [a, b] = pair();
    const shared = lstm(3, { name: 'shared', returnSequences: false });
    const inside = (name: string): LayersModel => {
      const x = input({ shape: [4, 2] });
      const read = layers.dense({ name: `${name}_read`, units: 2 }).apply(shared.apply(x));
      return functional({ inputs: x, outputs: read as SymbolicTensor, name });
    };
    const outputs = [
      inside('left').apply(a),
      inside('right').apply(b),
      layers.dense({ name: 'outer_read', units: 2 }).apply(shared.apply(a)),
    ] as SymbolicTensor[];
    const model = functional({ inputs: [a, b], outputs: answer(...outputs) });
    randomize(model, 12);
    kill(model, {
      'shared/recurrent': [2],
      left_read: [2],
      right_read: [2],
      outer_read: [2],
    });
    const { model: small, kept } = pruneLayersModel(model);
    expect(kept).toEqual({ shared: [0, 1] });
    const kernels = new Set(small.weights.filter(({ name }) => name.includes('shared/kernel')));
    expect(kernels.size).toBe(1);
    await expectSameOf(model, small, two());
  });

  /** Compares predictions of models with several inputs and disposes everything. */
  async function expectSameOf(before: LayersModel, after: LayersModel, x: Tensor[]): Promise<void> {
    const [one, other] = [before, after].map((each) => each.predict(x) as Tensor);
    const [wanted, found] = [await one!.data(), await other!.data()];
    wanted.forEach((value, i) => {
      expect(found[i]).toBeCloseTo(value, 5);
    });
    for (const each of [one!, other!, ...x]) each.dispose();
    // A layer that several models share is listed once for each.
    for (const weight of new Set([before, after].flatMap(({ weights }) => weights))) {
      weight.dispose();
    }
  }
});

describeBackend('pruneLayersModel and everything else a model has', () => {
  test('the architecture trains from scratch with the initializers of the user', async () => {
    const seeded = initializers.glorotUniform({ seed: 3 });
    const model = sequential({
      layers: [
        layers.lstm({
          ...{ name: 'rnn', units: 5, inputShape: [4, 2], recurrentRegularizer: 'l1l2' },
          ...{ kernelInitializer: seeded, recurrentInitializer: 'leCunNormal' },
        }),
        layers.dense({ name: 'head', units: 1, kernelInitializer: 'heNormal' }),
      ],
    });
    kill(model, { 'rnn/recurrent': [0], 'head/kernel': [0] });
    const { model: small } = pruneLayersModel(model);
    const config = JSON.stringify(model.getConfig()).replaceAll('"units":5', '"units":4');
    expect(JSON.stringify(small.getConfig())).toBe(config);
    const fresh = await models.modelFromJSON(small.toJSON(null, false) as never);
    const [kernel] = fresh.weights;
    expect(kernel!.shape).toEqual([2, 16]);
    expect(
      kernel!
        .read()
        .dataSync()
        .every((value) => value !== 0),
    ).toBe(true);
    disposeModel(model, small, fresh);
  });

  test('states are carried over, cut to the units that are kept', async () => {
    const model = sequential({
      layers: [
        lstm(4, { name: 'first', batchInputShape: [2, 4, 2], stateful: true }),
        layers.rnn({
          ...{ name: 'stack', stateful: true },
          cell: [
            layers.gruCell({ units: 3, recurrentInitializer: 'glorotUniform' }),
            layers.lstmCell({ units: 2, recurrentInitializer: 'glorotUniform' }),
          ] as never,
        }),
        layers.dense({ name: 'head', units: 1 }),
      ],
    });
    randomize(model, 13);
    kill(model, {
      'first/recurrent': [1],
      'stack/RNNCell_0/kernel': [1],
      'stack/RNNCell_0/recurrent': [0],
      'stack/RNNCell_1/kernel': [0],
    });
    const x = sequences(2);
    (model.predict(x) as Tensor).dispose();
    const { model: small, kept } = pruneLayersModel(model);
    expect(kept).toEqual({ first: [0, 2, 3], 'stack/cell1': [1, 2], 'stack/cell2': [0, 1] });
    expect(small.stateful).toBe(true);
    for (let step = 0; step < 2; step++) {
      const [one, other] = [model, small].map((each) => each.predict(x) as Tensor);
      const [wanted, found] = [await one!.data(), await other!.data()];
      wanted.forEach((value, i) => {
        expect(found[i]).toBeCloseTo(value, 5);
      });
      one!.dispose();
      other!.dispose();
    }
    x.dispose();
    for (const each of [model, small]) {
      for (const layer of each.layers.slice(0, 2)) {
        for (const state of (layer as unknown as { states: Tensor[] }).states) state.dispose();
      }
    }
    disposeModel(model, small);
  });

  test('an input that no output uses stays, and so do the settings of compile', () => {
    const [x, unused] = [input({ shape: [4, 2] }), input({ shape: [3], name: 'unused' })];
    const state = lstm(3, { name: 'rnn', returnSequences: false }).apply(x);
    const output = layers.dense({ name: 'head', units: 1 }).apply(state) as SymbolicTensor;
    const model = functional({ inputs: [x, unused], outputs: output });
    randomize(model, 14);
    kill(model, { 'rnn/recurrent': [1], 'head/kernel': [1] });
    const optimizer = train.adam(0.02, 0.8);
    model.compile({ optimizer, loss: 'meanAbsoluteError', metrics: ['mse'] });
    const { model: small } = pruneLayersModel(model);
    expect(small.inputNames).toEqual(model.inputNames);
    expect(small.inputs.map(({ shape }) => shape)).toEqual([
      [null, 4, 2],
      [null, 3],
    ]);
    expect(small.optimizer).not.toBe(optimizer);
    expect(small.optimizer.getConfig()).toEqual(optimizer.getConfig());
    expect([small.loss, small.metrics]).toEqual(['meanAbsoluteError', ['mse']]);
    optimizer.dispose();
    small.optimizer.dispose();
    disposeModel(model, small);
  });

  test('the report names each layer that keeps its units and the layer in the way', () => {
    const model = sequential({
      layers: [
        lstm(3, { name: 'first', inputShape: [4, 2] }),
        layers.layerNormalization({ name: 'norm' }),
        lstm(3, { name: 'second', returnSequences: false }),
        layers.dense({ name: 'rigid', units: 1, trainable: false }),
      ],
    });
    const { model: small, report, kept } = pruneLayersModel(model);
    expect(Object.keys(kept)).toEqual(['second']);
    expect(report.notes.map((note) => note.replace(/kernel_\d+/, 'kernel'))).toEqual([
      '"first" (LSTM) keeps its units: "norm" (LayerNormalization) normalizes over all features at once',
      '"second" gets no group: "rigid/kernel" reads it and is frozen, so no penalty can free its units',
    ]);
    disposeModel(model, small);
  });
});
