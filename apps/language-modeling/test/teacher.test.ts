import { join } from 'node:path';
import {
  dispose,
  fill,
  memory,
  Tensor,
  tensor2d,
  tidy,
  train as optimizers,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { weightTensors, weightVariables } from '@secateur/cells';
import { issGroups } from '@secateur/groups';
import { groupLasso } from '@secateur/lasso';
import {
  describeBackend,
  distilledCrossEntropyReference,
  expectAllClose,
  rhnLanguageModelLayout,
  softmaxCrossEntropyReference,
  stackedLstmLayout,
} from '@secateur/testing';
import { sharedFolder } from '@secateur/testing/folders';
import { beforeAll, expect, test, vi } from 'vitest';
import { vocabularyOf } from '../src/data/vocabulary.ts';
import { architectureOf, writeModel } from '../src/model-directory.ts';
import { networkOf } from '../src/network/networks.ts';
import { presets } from '../src/presets.ts';
import { checkSettings, type Settings } from '../src/settings.ts';
import { trainStep } from '../src/step.ts';
import { storedTeacher } from '../src/stored-teacher.ts';
import { readTeacher, type Teacher } from '../src/teacher.ts';
import { initialWeights } from '../src/weights.ts';

const words = ['<eos>', 'cats', 'dogs', 'fish', 'chase', 'hear', 'see'];
const shape = { batch: 2, steps: 3 };

// A Recurrent Highway Network teaches an LSTM.
const teacherSettings = checkSettings({ ...presets['rhn-quick-dense'], width: 6, depth: 2 });
const teacherNetwork = networkOf(architectureOf(teacherSettings));
const teacherLayout = rhnLanguageModelLayout({ vocab: 7, width: 6, depth: 2 });
const teacherWeights = initialWeights(teacherLayout, { init: 1, seed: 3 });

const layout = stackedLstmLayout({ vocab: 7, embed: 4, hidden: [5] });
const network = networkOf({ cell: 'lstm', layers: 1, forgetBias: 0 });
const weights = initialWeights(layout, { init: 1, seed: 4 });

const windows = [
  { inputs: Int32Array.of(1, 4, 2, 3, 5, 1), targets: Int32Array.of(4, 2, 0, 5, 1, 0), index: 0 },
  { inputs: Int32Array.of(0, 2, 6, 0, 3, 4), targets: Int32Array.of(2, 6, 3, 3, 4, 2), index: 1 },
];

const folder = sharedFolder();
const directory = (name = 'model'): string => join(folder, name);
const settings = (teacher: string | null): Settings =>
  checkSettings({ ...presets['quick'], teacher, share: 0.3, temperature: 2 });

beforeAll(async () => {
  await writeModel(directory(), {
    weights: teacherWeights,
    layout: teacherLayout,
    architecture: architectureOf(teacherSettings),
    vocabulary: vocabularyOf(words),
    history: [],
  });
});

const readIt = async (): Promise<Teacher> => (await readTeacher(settings(directory()), words))!;

describeBackend('a teacher', () => {
  test('reads windows one after the other as one text', async () => {
    const teacher = await readIt();
    const tensors = weightTensors(teacherWeights);
    const whole = tidy(() => {
      const rows = [0, 3].map((from) =>
        windows.flatMap(({ inputs }) => [...inputs.slice(from, from + 3)]),
      );
      const zero = teacherNetwork.net.zeroState(tensors, 2);
      return teacherNetwork.forward(tensors, tensor2d(rows, [2, 6], 'int32'), zero).logits;
    });
    const expected = await whole.data();
    const vocab = words.length;
    let state = teacher.zeroState(shape.batch);
    for (const [i, { inputs }] of windows.entries()) {
      const ids = tensor2d(inputs, [2, 3], 'int32') as Tensor2D;
      const result = teacher.read(ids, state, i);
      const found = await result.logits.data();
      for (const row of [0, 1]) {
        const at = (row * 6 + i * 3) * vocab;
        const own = found.slice(row * 3 * vocab, (row + 1) * 3 * vocab);
        expectAllClose(own, expected.slice(at, at + 3 * vocab), { rtol: 1e-5, atol: 1e-5 });
      }
      dispose([ids, result.logits, ...Object.values(state)]);
      ({ state } = result);
    }
    dispose([whole, ...Object.values(tensors), ...Object.values(state)]);
    teacher.dispose();
  });

  test('says the same when its logits are stored, to 16 bits', async () => {
    const teacher = await readIt();
    const reader = { windows: windows.length, window: (i: number) => windows[i]! };
    const before = memory().numTensors;
    const lessons = await storedTeacher(teacher, reader, { ...shape, vocab: words.length });
    expect(memory().numTensors).toBe(before);
    expect(lessons.zeroState(shape.batch)).toEqual({});
    let state = teacher.zeroState(shape.batch);
    for (const { inputs, index } of windows) {
      const ids = tensor2d(inputs, [2, 3], 'int32') as Tensor2D;
      const asked = teacher.read(ids, state, index);
      // In any order: an epoch may begin in the middle.
      const told = lessons.read(ids, {}, windows.length - 1 - index);
      const again = lessons.read(ids, {}, index);
      expect(again.state).toEqual({});
      const expected = await asked.logits.data();
      const found = await again.logits.data();
      for (let row = 0; row < 6; row++) {
        const own = [...expected.slice(row * 7, (row + 1) * 7)];
        const range = Math.max(...own) - Math.min(...own);
        expectAllClose(found.slice(row * 7, (row + 1) * 7), own, {
          rtol: 0,
          atol: range / 131_000,
        });
      }
      dispose([ids, asked.logits, told.logits, again.logits, ...Object.values(state)]);
      ({ state } = asked);
    }
    dispose({ ...state });
    teacher.dispose();
    expect(memory().numTensors).toBe(before - Object.keys(teacherWeights).length);
  });

  test('whose logits are no numbers is refused before the training', async () => {
    const teacher = await readIt();
    const reader = { windows: windows.length, window: (i: number) => windows[i]! };
    const broken: Teacher = {
      ...teacher,
      read: () => ({ logits: fill([6, 7], Number.NaN) as Tensor2D, state: {} }),
    };
    const before = memory().numTensors;
    await expect(storedTeacher(broken, reader, { ...shape, vocab: words.length })).rejects.toThrow(
      'expected finite logits from it, found NaN',
    );
    expect(memory().numTensors).toBe(before);
    teacher.dispose();
  });

  test('that would fill the memory is asked anew at every step', async () => {
    const teacher = await readIt();
    const reader = { windows: 100_000, window: () => windows[0]! };
    expect(await storedTeacher(teacher, reader, { ...shape, vocab: 10_000 })).toBe(teacher);
    teacher.dispose();
  });

  test('makes its share of the loss, and the part of the labels is told apart', async () => {
    const teacher = await readIt();
    const variables = weightVariables(weights);
    const tensors = weightTensors(teacherWeights);
    const optimizer = groupLasso(optimizers.sgd(0.5), issGroups(layout), { lambda: 0 });
    const { inputs, targets } = windows[0]!;
    const logits = (of: typeof network, from: Readonly<Record<string, Tensor>>): Tensor =>
      tidy(() => {
        const ids = tensor2d(inputs, [2, 3], 'int32') as Tensor2D;
        return of.forward(from, ids, of.net.zeroState(from, 2)).logits;
      });
    const [own, its] = [logits(network, variables), logits(teacherNetwork, tensors)];
    const [student, master] = [await own.data(), await its.data()];
    const summed = (losses: Iterable<number>): number =>
      [...losses].reduce((a, b) => a + b, 0) / shape.batch;

    const first = { ...network.net.zeroState(variables, 2), ...teacher.zeroState(2) };
    const step = await trainStep(network, variables, optimizer, windows[0]!, first, {
      ...shape,
      teacher,
    });
    const how = { share: 0.3, temperature: 2 };
    const expected = distilledCrossEntropyReference(student, master, [...targets], how);
    expectAllClose([step.loss], [summed(expected)], { rtol: 1e-5 });
    const labels = softmaxCrossEntropyReference(student, [...targets]);
    expectAllClose([step.labelLoss], [summed(labels)], { rtol: 1e-5 });
    expect(Object.keys(step.state).sort()).toEqual(Object.keys(first).sort());

    // The student moved towards both; the teacher, which is no variable, cannot have.
    const again = { ...network.net.zeroState(variables, 2), ...teacher.zeroState(2) };
    const next = await trainStep(network, variables, optimizer, windows[0]!, again, {
      ...shape,
      teacher,
    });
    expect(next.loss).toBeLessThan(step.loss);
    dispose([own, its, ...Object.values(tensors), ...Object.values(variables)]);
    dispose([...Object.values(step.state), ...Object.values(next.state)]);
    optimizer.dispose();
    teacher.dispose();
  });

  test('leaves nothing of a step that fails, and the state to its owner', async () => {
    const teacher = await readIt();
    const variables = weightVariables(weights);
    const optimizer = groupLasso(optimizers.sgd(0.5), issGroups(layout), { lambda: 0 });
    const options = { ...shape, teacher };
    const zero = { ...network.net.zeroState(variables, 2), ...teacher.zeroState(2) };
    // The optimizer keeps some of its own from its first step on.
    const { state } = await trainStep(network, variables, optimizer, windows[0]!, zero, options);
    const before = memory().numTensors;
    const spy = vi.spyOn(Tensor.prototype, 'data').mockRejectedValue(new Error('lost'));
    await expect(
      trainStep(network, variables, optimizer, windows[0]!, state, options),
    ).rejects.toThrow('lost');
    spy.mockRestore();
    expect(memory().numTensors).toBe(before);
    const step = await trainStep(network, variables, optimizer, windows[1]!, state, options);
    expect(memory().numTensors).toBe(before);
    dispose([...Object.values(step.state), ...Object.values(variables)]);
    optimizer.dispose();
    teacher.dispose();
  });
});

test('without one there is none', async () => {
  expect(await readTeacher(settings(null), words)).toBeNull();
});

test('its digest is that of its weights', async () => {
  const { digest } = await readIt();
  const [name, { shape: sizes, data }] = Object.entries(teacherWeights)[0]!;
  const other = Float32Array.from(data);
  other[3]! += 1e-3;
  await writeModel(directory('other'), {
    weights: { ...teacherWeights, [name]: { shape: sizes, data: other } },
    layout: teacherLayout,
    architecture: architectureOf(teacherSettings),
    vocabulary: vocabularyOf(words),
    history: [],
  });
  const second = (await readTeacher(settings(directory('other')), words))!;
  expect(second.digest).toMatch(/^[0-9a-f]{64}$/);
  expect(second.digest).not.toBe(digest);
  expect((await readIt()).digest).toBe(digest);
});

test.each([
  [
    ['<eos>', 'cats', 'fish', 'dogs', 'chase', 'hear', 'see'],
    'word 3 is "dogs", where the student\'s is "fish"',
  ],
  [words.slice(0, 6), 'word 7 is "see", where the student\'s is missing'],
  [[...words, 'mice'], 'word 8 is missing, where the student\'s is "mice"'],
])('another vocabulary is refused: %s', async (other, message) => {
  const before = memory().numTensors;
  await expect(readTeacher(settings(directory()), other)).rejects.toThrow(
    `expected the ${other.length} words of the student's vocabulary in the same order, found 7 words, of which ${message}`,
  );
  expect(memory().numTensors).toBe(before);
});
