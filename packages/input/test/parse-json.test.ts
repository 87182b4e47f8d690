import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError, parseJson } from '../src/index.ts';

const parse = (text: string) => () => parseJson(text);

describe('parseJson', () => {
  test('gives what JSON.parse gives, for every value without __proto__', () => {
    fc.assert(
      fc.property(fc.json(), fc.boolean(), (text, spaced) => {
        const value: unknown = JSON.parse(text);
        if (/__proto__/.test(text)) return;
        const written = spaced ? JSON.stringify(value, null, 2) : text;
        expect(parseJson(written)).toEqual(value);
      }),
    );
  });

  test('tells text that is no JSON from text beyond a limit', () => {
    for (const text of ['{', '', '{"a":1,"a":2}', '{"__proto__":1}', '[1e999]']) {
      expect(parse(text)).toThrow(expect.objectContaining({ code: 'json' }));
    }
    for (const limits of [{ characters: 3 }, { depth: 1 }, { values: 2 }]) {
      expect(() => parseJson('[[1]]', limits)).toThrow(expect.objectContaining({ code: 'limit' }));
    }
  });

  test('refuses what JSON.parse refuses, with an InputError', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.constantFrom(...'{}[],:"\\1e-x '), (text, at, change) => {
        const place = at % (text.length + 1);
        const changed = text.slice(0, place) + change + text.slice(place + 1);
        let value: unknown;
        try {
          value = JSON.parse(changed);
        } catch {
          expect(parse(changed)).toThrow(InputError);
          return;
        }
        let found: unknown;
        try {
          found = parseJson(changed);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          return;
        }
        expect(found).toEqual(value);
      }),
    );
  });

  test.each([
    ['{"a":1,"a":1}', 'found "a" again at character 7'],
    ['{"b":{"a":1},"a":[{"c":1}],"b":2}', 'found "b" again'],
    [String.raw`{"a":1,"\u0061":2}`, 'found "a" again'],
    ['{"":1,"":2}', 'found "" again'],
  ])('refuses a name that stands twice: %s', (text, message) => {
    expect(parse(text)).toThrow(`expected each name once in an object of JSON, ${message}`);
  });

  test('takes one name in several objects, and texts that are no names', () => {
    const text = '{"a":["a","a",{"a":"a"}],"b":{"a":"b"}}';
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  test.each(['{"__proto__":{"x":1}}', String.raw`[{"__pro\u0074o__":1}]`])('refuses %s', (text) => {
    expect(parse(text)).toThrow('expected another name than "__proto__" in JSON');
  });

  test.each(['1e999', '-1e309', '[1,2,1E400]', `{"a":${'9'.repeat(400)}}`])(
    'refuses %.20s, which would become Infinity',
    (text) => {
      expect(parse(text)).toThrow('expected numbers that float64 holds in JSON, found');
    },
  );

  test('takes the largest number and the smallest', () => {
    const text = '[1.7976931348623157e308,-5e-324,1e-999,"1e999"]';
    expect(parseJson(text)).toEqual([Number.MAX_VALUE, -Number.MIN_VALUE, 0, '1e999']);
  });

  test.each([
    ['', 'expected JSON, found none'],
    ['\u001b[31m', String.raw`expected JSON, found "\u001b[31m"`],
    ['{"a":', 'expected JSON, found'],
  ])('says what it found instead of JSON: %j', (text, message) => {
    expect(parse(text)).toThrow(message);
  });
});

describe('limits', () => {
  const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

  test('levels: 128, or as many as are asked for', () => {
    expect(parseJson(nested(128))).toBeDefined();
    expect(parse(nested(129))).toThrow('at most 128 levels of objects and lists, found more');
    expect(() => parseJson('{"a":[1]}', { depth: 1 })).toThrow('at most 1 levels');
    expect(parseJson('[[1],[2],[3]]', { depth: 2 })).toEqual([[1], [2], [3]]);
  });

  test('a text that is nested a million times is refused at once', () => {
    expect(parse('{"a":'.repeat(1e6))).toThrow('at most 128 levels');
    expect(parse('['.repeat(1e6))).toThrow('at most 128 levels');
  });

  test('values', () => {
    expect(parseJson('{"a":[1,2],"b":3}', { values: 5 })).toEqual({ a: [1, 2], b: 3 });
    expect(() => parseJson('{"a":[1,2],"b":3}', { values: 3 })).toThrow('at most 3 values');
  });

  test('characters', () => {
    expect(parseJson('[1]', { characters: 3 })).toEqual([1]);
    expect(() => parseJson('[1] ', { characters: 3 })).toThrow(
      'expected JSON of at most 3 characters, found 4',
    );
  });

  test('the time grows with the length, whatever the text holds', () => {
    const texts: ((n: number) => string)[] = [
      (n) => '"'.repeat(n),
      (n) => '\\'.repeat(n),
      (n) => `"${'\\'.repeat(n)}`,
      (n) => `{"${'\\"'.repeat(n)}":1}`,
      (n) => '1'.repeat(n),
      (n) => `[${'1,'.repeat(n)}1]`,
      (n) => '{"a":1},'.repeat(n),
    ];
    // What is quadratic takes minutes for a million, and the test with it.
    for (const text of texts) {
      const long = text(1e6);
      try {
        parseJson(long);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
        expect((error as Error).message.length).toBeLessThan(600);
      }
    }
  });
});
