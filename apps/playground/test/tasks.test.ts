import { describe, expect, test } from 'vitest';
import { defaultText } from '../src/tasks/default-text.ts';
import { drawnGesture, gestureKinds, gestureTask } from '../src/tasks/gesture-task.ts';
import { randomNumbers } from '../src/tasks/random.ts';
import { sineTask } from '../src/tasks/sine-task.ts';
import { characterTask, wordTask } from '../src/tasks/text-task.ts';

describe('characters', () => {
  const task = characterTask(defaultText, 3);
  const read = (ids: ArrayLike<number>): string =>
    Array.from(ids, (id) => task.symbols![id]!).join('');

  test('are followed by those that follow them in the text', () => {
    const { x, y } = task.batch(5);
    for (let row = 0; row < task.rows; row++) {
      const [from, to] = [row * task.steps, (row + 1) * task.steps];
      expect(defaultText).toContain(read(x.subarray(from, to)) + read(y.subarray(to - 1, to)));
    }
    expect(read(x.subarray(1, task.steps))).toBe(read(y.subarray(0, task.steps - 1)));
  });
  test('of the validation are the last tenth, and the same seed draws the same', () => {
    const end = defaultText.slice(Math.floor(0.9 * defaultText.length));
    expect(end.startsWith(read(task.validation.x.subarray(0, task.steps)))).toBe(true);
    expect(characterTask(defaultText, 3).batch(5)).toEqual(task.batch(5));
    expect(characterTask(defaultText, 4).batch(5)).not.toEqual(task.batch(5));
  });
  test('of too short a text are an error', () => {
    expect(() => characterTask('too short', 1)).toThrow(
      'The text: expected at least 250 characters or words, found 9; write or paste more.',
    );
  });
});

test('rare words are one word', () => {
  const rare = Array.from({ length: 300 }, (_, i) => `rare${'x'.repeat(i)}`).join(' ');
  const task = wordTask(`${'the people. '.repeat(200)}${rare}`, 1);
  expect(task.symbols!.slice(0, 3).sort()).toEqual(['.', 'people', 'the']);
  expect(task.symbols).toHaveLength(251);
  expect(task.symbols!.at(-1)).toBe('…');
});

test('a mixture of sines goes on as its three sines do', () => {
  const { x, y } = sineTask(1).batch(0);
  expect([...x.subarray(1, 48)]).toEqual([...y.subarray(0, 47)]);
  // Each sine obeys s(t+1) + s(t-1) = 2 cos(w) s(t); applied for all three periods nothing is left of the mixture.
  let rest = [...x.subarray(0, 48)];
  for (const period of [9, 17, 29]) {
    const factor = 2 * Math.cos((2 * Math.PI) / period);
    rest = rest.slice(2).map((value, i) => value - factor * rest[i + 1]! + rest[i]!);
  }
  expect(Math.max(...rest.map(Math.abs))).toBeLessThan(1e-5);
});

test('of own gestures half of a kind are seen', () => {
  const mine = drawnGesture('wave', randomNumbers(9));
  const task = gestureTask([mine], 1);
  const wave = gestureKinds.indexOf('wave');
  let [waves, own] = [0, 0];
  for (let step = 0; step < 100; step++) {
    const { x, y } = task.batch(step);
    for (let row = 0; row < task.rows; row++) {
      if (y[row * task.steps] !== wave) continue;
      waves++;
      const [dx] = x.subarray(row * 48 + 2);
      if (Math.abs(dx! - 8 * (mine.points[2]! - mine.points[0]!)) < 1e-6) own++;
    }
  }
  expect(waves).toBe(400);
  expect(own).toBeGreaterThan(150);
  expect(own).toBeLessThan(250);
});
