import { allIndices } from '@secateur/app';
import { layoutShapes, layoutToJson, resizeLayout } from '@secateur/groups';
import type { Checkpoint } from '@secateur/training';
import { describe, expect, test } from 'vitest';
import { positionOf, stateOf, type Position } from '../src/checkpoint.ts';
import { presets } from '../src/presets.ts';
import { fullLayout } from '../src/network/of-settings.ts';
import { checkSettings } from '../src/settings.ts';

const settings = checkSettings({
  ...presets['quick-iss'],
  ...{
    preset: 'quick-iss',
    embed: 3,
    hidden: [4, 3],
    batch: 2,
    steps: 5,
    epochs: 6,
    rampEpochs: 1,
  },
  ...{ compactEvery: 2, select: 'best' },
});
const full = fullLayout(settings, 8);
const windows = 7;
const teacher = { digest: 'a5'.repeat(32) };
const text = 'c3'.repeat(32);
const place = { settings, full, windows, teacher, text };

/** What a run has saved in its fourth epoch, after a compaction, as it is when nothing was changed. */
function good(): { step: number; tensors: Checkpoint['tensors']; state: Position } {
  const origins = { ...allIndices(full), h1: [0, 2, 3] };
  const smaller = resizeLayout(full, { h1: 3 });
  const layout = layoutToJson(smaller);
  const step = 3 * windows + 2;
  const shapes = layoutShapes(smaller);
  const tensor = (shape: readonly number[]) => ({
    shape,
    data: new Float32Array(shape.reduce((all, size) => all * size, 1)).fill(0.25),
  });
  const states = { h1: [2, 3], c1: [2, 3], h2: [2, 3], c2: [2, 3] };
  return {
    step,
    tensors: Object.fromEntries([
      ...Object.entries(shapes).map(([name, shape]) => [`weights/${name}`, tensor(shape)] as const),
      ...Object.entries(states).map(([name, shape]) => [`state/${name}`, tensor(shape)] as const),
    ]),
    state: {
      ...{ epoch: 3, window: 2, epochLoss: 9.5, layout, origins },
      best: { epoch: 1, valid: 70.5, layout: layoutToJson(full), origins: allIndices(full) },
      budget: null,
      teacher: teacher.digest,
      text,
      session: {
        ...{ recentLoss: 4.5, units: step * 2 * 5, seconds: 3.25 },
        guard: { best: 4.25, bad: 0, goodStep: step },
      },
    },
  };
}

/** The places of a value that hold no others. */
function leaves(value: unknown, path: string[] = []): string[][] {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0
    ? Object.entries(value).flatMap(([key, inside]) => leaves(inside, [...path, key]))
    : [path];
}

/** The value with another in a place, or without it. */
function changed(
  value: unknown,
  [key, ...rest]: string[],
  change: (old: unknown) => unknown,
): unknown {
  const copy = structuredClone(value) as Record<string, unknown>;
  const now = rest.length > 0 ? changed(copy[key!], rest, change) : change(copy[key!]);
  // As JSON does, which has no undefined.
  if (Array.isArray(copy) && now === undefined) copy.splice(Number(key), 1);
  else copy[key!] = now;
  if (now === undefined) return JSON.parse(JSON.stringify(copy));
  return copy;
}

const changes: Record<string, (old: unknown) => unknown> = {
  gone: () => undefined,
  null: () => null,
  text: () => 'text',
  negative: () => -3,
  'a fraction': (old) => (typeof old === 'number' ? old + 0.5 : 0.5),
  'one more': (old) => (typeof old === 'number' ? old + 1 : 1),
  'one less': (old) => (typeof old === 'number' ? old - 1 : 0),
  huge: () => 1e9,
  'a list': () => [],
};

/** What nothing else tells: losses and times, which no step reads; any number that they could be is taken. */
const free = new Set([
  'epochLoss',
  'best.valid',
  'session.recentLoss',
  'session.seconds',
  'session.guard.best',
]);

describe('the state of a checkpoint', () => {
  test('is taken as it was saved', () => {
    const { state } = good();
    expect(positionOf(good(), place)).toEqual(state);
  });

  test('is refused with any part of it changed, but for measured losses and times', () => {
    const { step, tensors, state } = good();
    const taken: string[] = [];
    let tried = 0;
    for (const path of leaves(state)) {
      for (const [name, change] of Object.entries(changes)) {
        const now = changed(state, path, change);
        if (JSON.stringify(now) === JSON.stringify(state)) continue;
        tried++;
        try {
          positionOf({ step, tensors, state: now }, place);
          taken.push(`${path.join('.')}: ${name}`);
        } catch (error) {
          expect((error as Error).message).toMatch(
            /^the checkpoint of step 23: .* does not fit the rest: /,
          );
        }
      }
    }
    expect(tried).toBeGreaterThan(300);
    const wrong = taken.filter((entry) => !free.has(entry.slice(0, entry.indexOf(':'))));
    // Which of the first components one is, nothing else tells; of which epoch the best is, its file does.
    expect(wrong).toEqual([
      'origins.h1.0: one more',
      'origins.h1.1: one less',
      'best.epoch: one more',
      // As in a checkpoint of a version that kept none.
      'text: gone',
    ]);
  });

  test('is refused with another text', () => {
    expect(() => positionOf(good(), { ...place, text: 'd4'.repeat(32) })).toThrow(
      'the SHA-256 of the words in --data (the embedded text) does not fit the rest: ',
    );
  });

  test('is refused at another step', () => {
    for (const step of [0, 22, 24, 30]) {
      expect(() => positionOf({ ...good(), step }, place)).toThrow('does not fit the rest');
    }
  });

  test('is refused with other tensors', () => {
    const { tensors, ...rest } = good();
    const name = 'weights/lstm1/recurrent';
    const { shape, data } = tensors[name]!;
    const others: Checkpoint['tensors'][] = [
      { ...tensors, 'weights/more': tensors[name]! },
      Object.fromEntries(Object.entries(tensors).filter(([key]) => key !== name)),
      { ...tensors, [name]: { shape: [...shape].reverse(), data: data as Float32Array } },
      { ...tensors, [name]: { shape, data: Int32Array.from(data) } },
      { ...tensors, [name]: { shape, data: new Float32Array(data.length).fill(NaN) } },
    ];
    for (const other of others) {
      expect(() => positionOf({ ...rest, tensors: other }, place)).toThrow('does not fit the rest');
    }
  });

  test('is refused with a carried state of another network', () => {
    // Only the names and shapes are looked at.
    const zero = { h1: { shape: [2, 3] }, c1: { shape: [2, 3] }, h2: { shape: [2, 3] } } as never;
    expect(() => stateOf(good(), zero)).toThrow('the names of its tensors does not fit the rest');
  });
});
