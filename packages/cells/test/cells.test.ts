import {
  add,
  clone,
  engine,
  mean,
  memory,
  mul,
  tensor2d,
  tidy,
  train,
  variableGrads,
  zeros,
  type Scalar,
  type Tensor,
  type Tensor2D,
  type Variable,
} from '@tensorflow/tfjs-core';
import {
  constant,
  CellError,
  denseCell,
  dropout,
  embeddingCell,
  foldSeed,
  lstmCell,
  softmaxCrossEntropy,
  uniformWeights,
} from '@secateur/cells';
import { formatLayout, mergeLayouts } from '@secateur/groups';
import { describeBackend, expectAllClose } from '@secateur/testing';
import { expect, test } from 'vitest';

const init = uniformWeights({ min: -0.5, max: 0.5, seed: 4 });
const dims = { vocab: 7, embed: 3, h1: 5, h2: 4 };
const lstm1 = { name: 'lstm1', input: 'embed', units: 'h1', dims, init };

describeBackend('lstmCell', () => {
  test('denseCell without a bias has none', () => {
    const options = { name: 'd', input: 'a', output: 'b', dims: { a: 2, b: 3 }, bias: false };
    const cell = denseCell({ ...options, init: (_, shape) => constant(shape, 1) });
    expect(Object.keys(cell.variables)).toEqual(['d/kernel']);
    expect(Object.keys(cell.layout.weights)).toEqual(['d/kernel']);
    tidy(() => {
      expectAllClose(cell.call(tensor2d([1, 2], [1, 2])), [3, 3, 3]);
    });
    cell.dispose();
  });

  test('owns variables that are called as in its layout', () => {
    const cell = lstmCell(lstm1);
    expect(formatLayout(cell.layout)).toContain('lstm1/recurrent');
    expect(Object.keys(cell.variables)).toEqual(['lstm1/kernel', 'lstm1/recurrent', 'lstm1/bias']);
    for (const [name, each] of Object.entries(cell.variables)) {
      expect(each.name).toBe(name);
      expect(each.trainable).toBe(true);
      expect(each.shape).toEqual(cell.layout.weights[name]!.axes.map((axis) => axis.size));
      expect(engine().registeredVariables[name]).toBe(each);
    }
    cell.dispose();
    expect(engine().registeredVariables['lstm1/kernel']).toBeUndefined();
  });

  test('passes gates and forget bias on', () => {
    const zero = (_: string, shape: readonly number[]) => constant(shape);
    const cell = lstmCell({ ...lstm1, init: zero, gates: 'gofi', forgetBias: 100 });
    tidy(() => {
      const c = tensor2d([1, 2, 3, 4, 5], [1, 5]);
      const { state } = cell.call(zeros([1, 1, 3]), { h: zeros([1, 5]), c });
      // An open forget gate and a candidate of tanh(0) leave the state as it was.
      expectAllClose(state.c, c);
    });
    cell.dispose();
  });

  test('takes arrays and variables in place of an initialiser', () => {
    const first = lstmCell(lstm1);
    const again = lstmCell({ ...lstm1, init: first.variables });
    expect(again.variables['lstm1/kernel']).toBe(first.variables['lstm1/kernel']);
    first.dispose();
    const arrays = Object.fromEntries(
      ['kernel', 'recurrent', 'bias'].map((part) => {
        const shape = { kernel: [3, 20], recurrent: [5, 20], bias: [20] }[part]!;
        return [`lstm1/${part}`, constant(shape, 0.5)];
      }),
    );
    const loaded = lstmCell({ ...lstm1, init: arrays });
    expectAllClose(loaded.variables['lstm1/bias']!, new Float32Array(20).fill(0.5));
    loaded.dispose();
  });

  test('leaves nothing behind when a weight does not fit', () => {
    const before = memory().numTensors;
    const wrong = (name: string, shape: readonly number[]) =>
      constant(name === 'lstm1/bias' ? [3] : shape);
    expect(() => lstmCell({ ...lstm1, init: wrong })).toThrow(CellError);
    expect(() => lstmCell({ ...lstm1, init: wrong })).toThrow(
      'lstmCell: expected weight "lstm1/bias" to have shape [20], found [3] with 3 values; check the sizes in dims.',
    );
    expect(() => lstmCell({ ...lstm1, init: {} })).toThrow(
      'lstmCell: expected init to hold weight "lstm1/kernel" [3, 20], found nothing of that name',
    );
    expect(() => lstmCell({ ...lstm1, gates: 'ijfo' })).toThrow(
      'blockOrder: expected the order of the blocks of "lstm" to be a permutation of "ifgo", found "ijfo"',
    );
    expect(memory().numTensors).toBe(before);
  });

  test('says so when its name is taken', () => {
    const cell = lstmCell(lstm1);
    expect(() => lstmCell(lstm1)).toThrow(
      'lstmCell: expected the name "lstm1/kernel" to be free, found a variable of that name; dispose the cell',
    );
    cell.dispose();
  });
});

describeBackend('a model of cells', () => {
  function buildModel() {
    const embedding = embeddingCell({
      name: 'embedding',
      vocab: 'vocab',
      width: 'embed',
      dims,
      init,
    });
    const first = lstmCell(lstm1);
    const second = lstmCell({ name: 'lstm2', input: 'h1', units: 'h2', dims, init });
    const softmax = denseCell({ name: 'softmax', input: 'h2', output: 'vocab', dims, init });
    const cells = [embedding, first, second, softmax];
    return {
      cells,
      variables: cells.flatMap((cell) => Object.values(cell.variables)),
      loss: (ids: Tensor2D, labels: Tensor2D, keep: number, step: number): Scalar => {
        const embedded = dropout(embedding.call(ids), keep, foldSeed(1, step, 0));
        const below = dropout(first.call(embedded).outputs, keep, foldSeed(1, step, 1));
        const above = dropout(second.call(below).outputs, keep, foldSeed(1, step, 2));
        return mean(softmaxCrossEntropy(softmax.call(above), labels)) as Scalar;
      },
    };
  }

  test('shares its dimensions in one layout', () => {
    const { cells } = buildModel();
    const layout = mergeLayouts(...cells.map((cell) => cell.layout));
    expect(layout.dims).toEqual(dims);
    expect(Object.keys(layout.weights)).toHaveLength(9);
    expect(layout.weights['embedding']!.lookup).toBe(true);
    for (const cell of cells) cell.dispose();
  });

  test('learns a sequence and keeps no tensor', () => {
    const { cells, loss } = buildModel();
    const ids = tensor2d([0, 1, 2, 3, 4, 5], [1, 6], 'int32');
    const labels = tensor2d([1, 2, 3, 4, 5, 6], [1, 6], 'int32');
    const optimizer = train.adam(0.05);
    const train1 = (step: number): void => {
      optimizer.minimize(() => loss(ids, labels, 0.9, step));
    };
    const value = (): number => tidy(() => loss(ids, labels, 1, 0).dataSync()[0]!);
    const untrained = value();
    train1(0);
    const before = memory().numTensors;
    for (let step = 1; step <= 40; step++) train1(step);
    expect(memory().numTensors).toBe(before);
    expect(untrained).toBeGreaterThan(1.5);
    expect(value()).toBeLessThan(0.5 * untrained);
    for (const cell of cells) cell.dispose();
    for (const each of [ids, labels]) each.dispose();
    optimizer.dispose();
  });

  test('gives every variable a gradient that agrees with a step along it', () => {
    const { cells, variables, loss } = buildModel();
    tidy(() => {
      const ids = tensor2d([0, 6, 2, 3, 3, 5], [2, 3], 'int32');
      const labels = tensor2d([1, 2, 3, 4, 5, 6], [2, 3], 'int32');
      const { grads: slopes } = variableGrads(() => loss(ids, labels, 0.8, 3));
      expect(Object.keys(slopes)).toHaveLength(variables.length);
      for (const each of variables) {
        const slope = slopes[each.name]!;
        const squares = slope.dataSync<'float32'>().reduce((total, d) => total + d * d, 0);
        const start = clone(each as Tensor);
        const at = (step: number): number => {
          const moved = tidy(() => add(start, mul(slope, step / Math.sqrt(squares))));
          each.assign(moved as Variable);
          return loss(ids, labels, 0.8, 3).dataSync()[0]!;
        };
        const rise = (at(0.01) - at(-0.01)) / 0.02;
        each.assign(start as Variable);
        expectAllClose([rise], [Math.sqrt(squares)], { rtol: 5e-3, atol: 1e-4 });
      }
    });
    for (const cell of cells) cell.dispose();
  });
});
