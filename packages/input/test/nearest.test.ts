import { expect, test } from 'vitest';
import { nearest } from '../src/index.ts';

test('the nearest name has the fewest edits', () => {
  expect(nearest('lstm1/kernal', ['softmax', 'lstm1/kernel', 'lstm2/kernel'])).toBe('lstm1/kernel');
  expect(nearest('x', [])).toBeUndefined();
});

test('it is found quickly and given whole, however long the names are', () => {
  const long = `l${'s'.repeat(600_000)}`;
  expect(nearest(long, ['softmax', `${long}x`, 'lstm1'])).toBe(`${long}x`);
});

test('of millions of names the first ten thousand are looked at', () => {
  function* names(): Generator<string> {
    for (let i = 0; i < 10_000; i++) yield `name-${i}`;
    throw new Error('nobody reads on');
  }
  expect(nearest('name-77x', names())).toBe('name-77');
});
