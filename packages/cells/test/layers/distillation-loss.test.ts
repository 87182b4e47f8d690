import {
  dispose,
  getBackend,
  io,
  tensor,
  tidy,
  train,
  zeros,
  type Scalar,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { layers, loadLayersModel, sequential, type LayersModel } from '@tensorflow/tfjs-layers';
import {
  describeBackend,
  distilledCrossEntropyReference,
  expectAllClose,
  finiteDifference,
  numbers,
} from '@secateur/testing';
import { distillationLoss, distillationTargets } from '@secateur/cells/layers';
import { expect, test } from 'vitest';

const [BATCH, INPUT, CLASSES] = [6, 3, 4];
const settings = { share: 0.3, temperature: 2 };
const labels = [0, 3, 1, 1, 2, 3];
const x = numbers(BATCH * INPUT, 1);
const teacher = numbers(BATCH * CLASSES, 2).map((value) => 3 * value);
const kernel = numbers(INPUT * CLASSES, 3);

/** What a linear layer without bias gives, in float64. */
function linear(weights: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: BATCH * CLASSES }, (_, at) => {
    const [row, column] = [Math.floor(at / CLASSES), at % CLASSES];
    let sum = 0;
    for (let i = 0; i < INPUT; i++) sum += x[row * INPUT + i]! * weights[i * CLASSES + column]!;
    return sum;
  });
}

const mean = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const softmax = (values: Float64Array): Float64Array =>
  values.map((value, at) => {
    const start = at - (at % CLASSES);
    const row = values.subarray(start, start + CLASSES);
    return Math.exp(value) / row.reduce((sum, other) => sum + Math.exp(other), 0);
  });

/** Positions of a batch: six examples, or two of three steps each. */
const places = { batch: [BATCH], 'batch and time': [2, 3] };

function student(
  shape: readonly number[],
  activation: 'linear' | 'softmax' = 'linear',
): LayersModel {
  const model = sequential({
    layers: [
      layers.dense({
        units: CLASSES,
        useBias: false,
        activation,
        inputShape: [...shape.slice(1), INPUT],
      }),
    ],
  });
  tidy(() => model.setWeights([tensor([...kernel], [INPUT, CLASSES])]));
  return model;
}

const inputs = (shape: readonly number[]): Tensor => tensor([...x], [...shape, INPUT]);

function targets(shape: readonly number[], from: 'logits' | 'probabilities' = 'logits'): Tensor {
  const outputs = from === 'logits' ? teacher : softmax(teacher);
  return tidy(() =>
    distillationTargets(
      tensor(labels, [...shape], 'int32'),
      tensor([...outputs], [...shape, CLASSES]),
      { from },
    ),
  );
}

const weightsOf = (model: LayersModel): Tensor[] => model.weights.map((weight) => weight.read());

/** Loss and accuracy of a model before training. */
async function evaluated(model: LayersModel, x: Tensor, y: Tensor): Promise<number[]> {
  const actual = model.evaluate(x, y) as Scalar[];
  const values = await Promise.all(actual.map(async (value) => (await value.data())[0]!));
  dispose(actual);
  return values;
}

describeBackend('distillationLoss', () => {
  test.each(Object.entries(places))(
    'is what float64 says, and accuracy that of the labels, over %s',
    async (_, shape) => {
      const logits = linear(kernel);
      const loss = mean(distilledCrossEntropyReference(logits, teacher, labels, settings));
      const right = labels.filter((label, row) => {
        const own = logits.subarray(row * CLASSES, (row + 1) * CLASSES);
        return own[label] === Math.max(...own);
      });
      for (const [activation, from] of [
        ['linear', 'logits'],
        ['softmax', 'probabilities'],
      ] as const) {
        const model = student(shape, activation);
        model.compile({
          optimizer: 'sgd',
          metrics: ['accuracy'],
          loss: distillationLoss({ ...settings, from }),
        });
        const [given, expected] = [inputs(shape), targets(shape, from)];
        expectAllClose(await evaluated(model, given, expected), [loss, right.length / BATCH]);
        dispose([given, expected]);
        model.dispose();
      }
    },
  );

  test.each(Object.entries(places))(
    'has the gradient of differences in model.fit, over %s',
    async (_, shape) => {
      const exact = (weights: Float64Array): number =>
        mean(distilledCrossEntropyReference(linear(weights), teacher, labels, settings));
      const gradient = finiteDifference(exact, Float64Array.from(kernel));
      for (const [activation, from] of [
        ['linear', 'logits'],
        ['softmax', 'probabilities'],
      ] as const) {
        const model = student(shape, activation);
        const optimizer = train.sgd(0.5);
        model.compile({ optimizer, loss: distillationLoss({ ...settings, from }) });
        const [given, expected] = [inputs(shape), targets(shape, from)];
        const { history } = await model.fit(given, expected, { batchSize: BATCH, verbose: 0 });
        expectAllClose(history['loss'] as number[], [exact(Float64Array.from(kernel))]);
        const [after] = await Promise.all(weightsOf(model).map((weight) => weight.data()));
        const step = gradient.map((slope, at) => kernel[at]! - 0.5 * slope);
        expectAllClose(after!, step, { rtol: 1e-4 });
        dispose([given, expected]);
        optimizer.dispose();
        model.dispose();
      }
    },
  );

  test('brings a student with nothing but the teacher to what the teacher says', async () => {
    const model = student([BATCH]);
    const optimizer = train.sgd(8);
    model.compile({ optimizer, loss: distillationLoss({ share: 1 }) });
    const given = inputs([BATCH]);
    const logits = linear(numbers(INPUT * CLASSES, 4).map((value) => 3 * value));
    const expected = tidy(() =>
      distillationTargets(tensor(labels, [BATCH], 'int32'), tensor([...logits], [BATCH, CLASSES])),
    );
    const gap = async (): Promise<number> => {
      const outputs = model.predict(given) as Tensor;
      const own = softmax(Float64Array.from(await outputs.data()));
      outputs.dispose();
      return Math.max(...softmax(logits).map((value, at) => Math.abs(value - own[at]!)));
    };
    expect(await gap()).toBeGreaterThan(0.2);
    await model.fit(given, expected, { epochs: 40, batchSize: BATCH, verbose: 0 });
    expect(await gap()).toBeLessThan(0.02);
    dispose([given, expected]);
    optimizer.dispose();
    model.dispose();
  });

  test('is compiled again with a model that was saved, which has no functions', async () => {
    const loss = distillationLoss(settings);
    const [given, expected] = [inputs([BATCH]), targets([BATCH])];
    const model = student([BATCH]);
    model.compile({ optimizer: 'sgd', loss });
    let saved: io.ModelArtifacts | undefined;
    const keep = io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    });
    await model.save(keep);
    const before = model.evaluate(given, expected) as Scalar;
    const copy = await loadLayersModel(io.fromMemory(saved!));
    copy.compile({ optimizer: 'sgd', loss });
    const after = copy.evaluate(given, expected) as Scalar;
    expect(await after.data()).toEqual(await before.data());
    dispose([given, expected, before, after]);
    model.dispose();
    copy.dispose();
  });

  test('refuses targets of another kind, or is NaN where they cannot be read', async () => {
    const oneHot = tidy(() => {
      const rows = labels.flatMap((label) =>
        Array.from({ length: CLASSES }, (_, j) => (j === label ? 1 : 0)),
      );
      return tensor(rows, [BATCH, CLASSES]);
    });
    const plain = tensor([...teacher], [BATCH, CLASSES]);
    const given = inputs([BATCH]);
    for (const wrong of [oneHot, plain]) {
      const model = student([BATCH]);
      model.compile({ optimizer: 'sgd', loss: distillationLoss() });
      if (getBackend() === 'webgpu') {
        const loss = model.evaluate(given, wrong) as Scalar;
        expect(await loss.data()).toEqual(Float32Array.of(NaN));
        loss.dispose();
      } else {
        expect(() => model.evaluate(given, wrong)).toThrow(
          /distillationLoss: expected targets .* found others in row 0; make them with distillationTargets/,
        );
      }
      model.dispose();
    }
    dispose([oneHot, plain, given]);
  });

  test('names shapes, dtypes and settings that do not fit', () => {
    tidy(() => {
      const [given, expected] = [tensor([...teacher], [BATCH, CLASSES]), targets([BATCH])];
      expect(() => distillationLoss()(expected, zeros([BATCH, 5]))).toThrow(
        'distillationLoss: expected yTrue to be float32 [6, 5], found float32 [6, 4]',
      );
      expect(() => distillationLoss()(expected, zeros([BATCH, CLASSES], 'int32'))).toThrow(
        'distillationLoss: expected yPred to be float32 [batch, ..., classes], found int32 [6, 4]; end the model in one output',
      );
      expect(() => distillationLoss({ share: 2 })(expected, given)).toThrow('found 2; pass one');
      for (const option of [{ share: '0.5' }, { share: null }, { temperature: '2' }]) {
        expect(() => distillationLoss(option as never)(expected, given)).toThrow(
          'to be a finite number',
        );
      }
      expect(() => distillationLoss({ from: 'scores' as 'logits' })(expected, given)).toThrow(
        "expected from to be 'logits' or 'probabilities', found scores",
      );
    });
  });
});

describeBackend('distillationTargets', () => {
  test('hold labels of large vocabularies and classes that the teacher rules out', async () => {
    const classes = 70_000;
    const packed = tidy(() => {
      const logits = new Float32Array(2 * classes).fill(-Infinity);
      [logits[69_998], logits[69_999], logits[classes + 5]] = [1, 3, -4];
      return distillationTargets(
        tensor([69_999, 69_998], [2], 'int32'),
        tensor(logits, [2, classes]),
      );
    });
    const values = await packed.data();
    expect([values[69_998], values[69_999], values[classes + 5]]).toEqual([-3, 1, -1]);
    expect(values[2 * classes - 2]).toBe(Infinity);
    const loss = tidy(() => {
      const logits = new Float32Array(2 * classes);
      return distillationLoss({ share: 0.5 })(packed, tensor(logits, [2, classes]));
    });
    // An even student pays log(classes) for the label and for the teacher alike.
    expectAllClose(await loss.data(), [Math.log(classes), Math.log(classes)]);
    dispose([packed, loss]);
  });

  test('name shapes and dtypes that do not fit', () => {
    tidy(() => {
      const ids = tensor(labels, [BATCH], 'int32');
      expect(() => distillationTargets(ids, ids)).toThrow(
        'distillationTargets: expected teacher to be float32 [batch, ..., classes], found int32 [6]',
      );
      expect(() => distillationTargets(tensor(labels, [BATCH]), zeros([BATCH, CLASSES]))).toThrow(
        'distillationTargets: expected labels to be int32 [6], found float32 [6]',
      );
      for (const [shape, ids] of [
        [[0, 3], tensor([], [0], 'int32')],
        [[1, 0], tensor([0], [1], 'int32')],
      ] as const) {
        expect(() => distillationTargets(ids, zeros([...shape]))).toThrow(
          `distillationTargets: expected at least one row and one class of teacher, found float32 [${shape.join(', ')}]; leave out what is empty.`,
        );
      }
      // Nothing says that no rows would be probabilities.
      expect(() => distillationLoss()(zeros([0, 3]), zeros([0, 3]))).toThrow(
        'expected rows and classes to be at least 1, found 0 and 3',
      );
    });
  });

  test('a logit too far below the largest for float32 is a class that the teacher rules out', async () => {
    const loss = tidy(() => {
      const teacher = tensor([3e38, -3e38], [1, 2]);
      const packed = distillationTargets(tensor([0], [1], 'int32'), teacher);
      return distillationLoss({ share: 0.25 })(packed, zeros([1, 2]));
    });
    // An even student pays log(2) for the label, and as much for a teacher that is sure of it.
    expectAllClose(await loss.data(), [Math.log(2)]);
    loss.dispose();
  });

  test('name labels, numbers and kinds that do not fit where they can be read', (context) => {
    if (getBackend() === 'webgpu') context.skip('webgpu reads no tensor at once');
    tidy(() => {
      const ids = (...values: number[]) => tensor(values, [2], 'int32');
      const [even, logits] = [tensor([0.5, 0.5, 1, 0], [2, 2]), tensor([0, 1, 2, -3], [2, 2])];
      expect(() => distillationTargets(ids(0, 2), logits)).toThrow(
        'distillationTargets: expected labels from 0 to 1, found 2',
      );
      expect(() => distillationTargets(ids(0, -1), logits)).toThrow('found -1');
      expect(() => distillationTargets(ids(0, 1), tensor([0, 1, NaN, 1], [2, 2]))).toThrow(
        'distillationTargets: expected a finite teacher, found NaN or Infinity in it',
      );
      expect(() => distillationTargets(ids(0, 1), tensor([0, 1, 2, Infinity], [2, 2]))).toThrow(
        'found NaN or Infinity',
      );
      expect(() => distillationTargets(ids(0, 1), even)).toThrow(
        "distillationTargets: expected teacher to be logits, found probabilities; pass from: 'probabilities'",
      );
      expect(() => distillationTargets(ids(0, 1), logits, { from: 'probabilities' })).toThrow(
        'distillationTargets: expected teacher to be probabilities, found logits',
      );
      const packed = distillationTargets(ids(0, 1), logits);
      expect(() => distillationLoss()(packed, even)).toThrow(
        'distillationLoss: expected the outputs of the model to be logits, found probabilities',
      );
    });
  });
});
