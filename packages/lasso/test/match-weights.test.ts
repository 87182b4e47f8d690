import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchWeights, type NamedShape } from '../src/match-weights.ts';

const weights = (...names: string[]): NamedShape[] => names.map((name) => ({ name, shape: [2] }));
const match = (
  saved: readonly NamedShape[],
  trained: readonly NamedShape[],
): Record<string, string> | undefined => {
  const actual = matchWeights(saved, trained, trained);
  return actual && Object.fromEntries(actual);
};

describe('matchWeights', () => {
  test('goes by name when all of one side are found, in any order', () => {
    expect(match(weights('a', 'b'), weights('b', 'a'))).toEqual({ a: 'a', b: 'b' });
    // A step that trains a part, and a layer that is new.
    expect(match(weights('a', 'b', 'c'), weights('c'))).toEqual({ c: 'c' });
    expect(match(weights('b'), weights('a', 'b'))).toEqual({ b: 'b' });
  });

  test('goes by the name before its number when that is enough', () => {
    const loaded = weights('rnn/kernel_1', 'head/kernel_1');
    expect(match(weights('head/kernel', 'rnn/kernel'), loaded)).toEqual({
      'head/kernel': 'head/kernel_1',
      'rnn/kernel': 'rnn/kernel_1',
    });
    expect(match(weights('rnn/kernel_7', 'head/kernel'), loaded.slice(0, 1))).toEqual({
      'rnn/kernel_7': 'rnn/kernel_1',
    });
  });

  test('goes by position when shapes are equal', () => {
    expect(match(weights('a', 'b'), weights('x', 'y'))).toEqual({ a: 'x', b: 'y' });
    // Two layers of one name.
    expect(match(weights('k', 'k_1'), weights('k_2', 'k_3'))).toEqual({ k: 'k_2', k_1: 'k_3' });
    // Only some names were taken.
    expect(match(weights('k_1', 'head'), weights('k', 'head'))).toEqual({ k_1: 'k', head: 'head' });
    const shapes = (first: number, second: number): NamedShape[] => [
      { name: `w${first}`, shape: [first] },
      { name: `w${second}`, shape: [second] },
    ];
    expect(match(shapes(1, 2), [...weights('x'), { name: 'y', shape: [2] }])).toBeUndefined();
  });

  test('counts weights without a gradient among the places, as TensorFlow.js does', () => {
    const given = weights('x', 'y', 'z');
    expect(matchWeights(weights('a', 'b', 'c'), [given[0]!, given[2]!], given)).toEqual(
      new Map([
        ['a', 'x'],
        ['b', 'y'],
        ['c', 'z'],
      ]),
    );
  });

  test('is undefined where it would be a guess', () => {
    // Numbers that shifted: the names say one thing, the places another.
    expect(match(weights('w_1', 'w_2'), weights('w_2', 'w_3'))).toBeUndefined();
    expect(match(weights('a', 'b'), weights('x'))).toBeUndefined();
    expect(match(weights('a', 'b'), weights('b', 'c', 'd'))).toBeUndefined();
    const [kernel] = weights('rnn/kernel');
    expect(match([kernel!], [{ name: 'rnn/kernel_1', shape: [3] }])).toBeUndefined();
  });

  test('finds every weight of a model that was numbered anew, whatever the order and shapes', () => {
    const model = fc.uniqueArray(
      fc.record({
        name: fc.stringMatching(/^[a-z]{1,4}\/(kernel|bias)$/),
        shape: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
      }),
      { selector: ({ name }) => name, minLength: 1, maxLength: 8 },
    );
    const numbers = fc.record({ before: fc.nat(9), after: fc.nat(9), seed: fc.nat() });
    fc.assert(
      fc.property(model, numbers, (list, { before, after, seed }) => {
        const numbered = (n: number): NamedShape[] =>
          list.map(({ name, shape }) => ({ name: n === 0 ? name : `${name}_${n}`, shape }));
        const saved = numbered(before);
        const turn = seed % list.length;
        const trained = [...numbered(after).slice(turn), ...numbered(after).slice(0, turn)];
        const expected = saved.map(({ name }, i) => [name, numbered(after)[i]!.name]);
        expect(match(saved, trained)).toEqual(Object.fromEntries(expected));
      }),
    );
  });
});
