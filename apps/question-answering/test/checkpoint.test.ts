import { firstMonitorState } from '@secateur/app';
import { layoutShapes, parseLayout, resizeLayout, type Layout } from '@secateur/groups';
import type { Checkpoint } from '@secateur/training';
import { describe, expect, test } from 'vitest';
import { positionOf } from '../src/checkpoint.ts';

const layout = parseLayout(`
dims  in = 2  h1 = 3

kernel     in -> 4*h1
recurrent  h1 -> 4*h1
`);
/** Batches of 4, 4 and 2 questions, the small one at another place in each epoch. */
const place = {
  ...{
    full: layout,
    compacts: true,
    epochs: 5,
    questions: 10,
    teacher: 'abc',
    vocabulary: 'uvw',
    sha256: 'rst',
  },
  batchSizes: (epoch: number) => (epoch % 2 === 0 ? [4, 2, 4] : [2, 4, 4]),
};
const step = 2 * 3 + 2;
const slots = ['m', 'v'].map((name) =>
  Object.keys(layout.weights).map((weight) => `${weight}/${name}`),
);

function good(of: Layout = layout): Checkpoint {
  const tensors = ['weights', 'average'].flatMap((prefix) =>
    Object.entries(layoutShapes(of)).map(([name, shape]) => {
      const data = new Float32Array(shape.reduce((all, size) => all * size, 1)).fill(0.5);
      return [`${prefix}/${name}`, { shape, data }] as const;
    }),
  );
  return {
    step,
    tensors: Object.fromEntries(tensors),
    state: {
      ...{ epoch: 2, batch: 2, epochLoss: 8.5, origins: {}, teacher: 'abc', vocabulary: 'uvw' },
      questions: 'rst',
      optimizer: {
        ...{ iterations: step, steps: [step], learningRate: 0.001 },
        slots: { accumulatedFirstMoment: slots[0], accumulatedSecondMoment: slots[1] },
      },
      session: {
        ...firstMonitorState,
        ...{ recentLoss: 4.5, units: 2 * 10 + 4 + 2, seconds: 3 },
        guard: { best: 4.25, bad: 0, goodStep: step },
      },
    },
  };
}

describe('the state of a checkpoint', () => {
  test('is taken as it was saved', () => {
    expect(positionOf(good(), place)).toEqual(good().state);
  });

  const { optimizer, session } = good().state as Record<'optimizer' | 'session', object>;
  test.each<[object]>([
    [{ epoch: 1 }],
    [{ epoch: 1, batch: 5 }],
    [{ batch: 1 }],
    [{ batch: '2' }],
    [{ epochLoss: 0 }],
    [{ epochLoss: null }],
    [{ more: 1 }],
    [{ optimizer: null }],
    [{ optimizer: { ...optimizer, iterations: step - 1 } }],
    [{ optimizer: { ...optimizer, steps: [step + 1] } }],
    [{ optimizer: { ...optimizer, steps: [] } }],
    [{ optimizer: { ...optimizer, slots: { accumulatedFirstMoment: slots[0]!.slice(1) } } }],
    [{ session: { ...session, units: 27 } }],
    [{ session: { ...session, guard: null } }],
    [{ session: { ...session, recentLoss: null } }],
    [{ session: { ...session, guard: { best: 5, bad: 0, goodStep: step } } }],
    [{ session: { ...session, guard: { best: 4, bad: 1, goodStep: step } } }],
  ])('is refused with %j', (change) => {
    const changed = { ...good(), state: { ...(good().state as object), ...change } };
    expect(() => positionOf(changed, place)).toThrow(
      /^the checkpoint of step 8: .* does not fit the rest/,
    );
  });

  test('is refused where the data, the settings or the step are others', () => {
    for (const other of [
      { ...place, questions: 11 },
      { ...place, epochs: 1 },
      { ...place, batchSizes: () => [5, 5] },
    ]) {
      expect(() => positionOf(good(), other)).toThrow('does not fit the rest');
    }
    expect(() => positionOf({ ...good(), step: 9 }, place)).toThrow('does not fit the rest');
  });

  test.each([null, 'def'])('is refused with another teacher: %s', (teacher) => {
    expect(() => positionOf(good(), { ...place, teacher })).toThrow(
      `--teacher: expected the weights that the run had learnt from until step 8, of sha256 abc, found ${teacher}`,
    );
  });

  test('is refused with other words or vectors', () => {
    expect(() => positionOf(good(), { ...place, vocabulary: 'xyz' })).toThrow(
      '--data, --glove, --vectors: expected the words and vectors that the run had learnt with until step 8, of sha256 uvw, found xyz',
    );
  });

  test('is refused with other questions, but not where it says nothing of them', () => {
    const other = { ...place, sha256: 'xyz' };
    expect(() => positionOf(good(), other)).toThrow(
      '--data: expected the questions that the run had learnt from until step 8, of sha256 rst, found xyz',
    );
    const { questions, ...state } = good().state as { questions: string };
    expect(questions).toBe('rst');
    expect(positionOf({ ...good(), state }, other)).toEqual(state);
  });

  const shrunk = (state: object): Checkpoint => {
    const smaller = resizeLayout(layout, { h1: 2 });
    return { ...good(smaller), state: { ...(good().state as object), ...state } };
  };

  test('says which components are left, and has weights of their sizes', () => {
    expect(positionOf(shrunk({ origins: { h1: [0, 2] } }), place)).toMatchObject({
      origins: { h1: [0, 2] },
    });
  });

  test.each([{}, { h1: [2, 0] }, { h1: [0, 3] }, { h1: [0] }, { h2: [0, 2] }])(
    'is refused with the components %j',
    (origins) => {
      expect(() => positionOf(shrunk({ origins }), place)).toThrow('does not fit the rest');
    },
  );

  test('is refused with fewer components in a run that removes none on the way', () => {
    const other = { ...place, compacts: false };
    expect(() => positionOf(shrunk({ origins: { h1: [0, 2] } }), other)).toThrow(
      'origins does not fit the rest',
    );
  });

  test('of before there was compaction has all components', () => {
    const { origins, ...state } = good().state as { origins: object };
    expect(origins).toEqual({});
    expect(positionOf({ ...good(), state }, place)).toEqual(good().state);
  });

  test('is refused without the average of a weight', () => {
    const { 'average/kernel': gone, ...tensors } = good().tensors;
    expect(gone).toBeDefined();
    expect(() => positionOf({ ...good(), tensors }, place)).toThrow('the names of its tensors');
  });
});
