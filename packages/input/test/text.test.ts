import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { htmlText, messageText, namesText, sentence, shown, terminalText } from '../src/index.ts';

/** One of each kind that a terminal obeys or nobody sees. */
const unsafe: readonly string[] = [
  '\0',
  '\u0007',
  '\b',
  '\r',
  '\u001b',
  '\u007f',
  '\u009b',
  '\u200b',
  '\u202e',
  '\u2028',
  '\u2066',
  '\ufeff',
  '\ud800',
];

describe('messageText', () => {
  test('leaves an ordinary message as it is', () => {
    const message = 'f: expected "a" or "ä", found "日本語 😀"; write one of them.';
    expect(messageText(message)).toBe(message);
  });

  test('cuts each quotation at 300 characters and keeps the advice', () => {
    const [long, longer] = ['a'.repeat(600_000), 'b'.repeat(301)];
    const text = messageText(`expected "x", found "${long}" and "${longer}"; write "x".`);
    expect(text).toMatch(/^expected "x", found "a+\.{3}a+" and "b+\.{3}b+"; write "x"\.$/);
    expect(text.split('"').map((part) => part.length)).toContain(300);
    expect(text.length).toBeLessThan(660);
  });

  test('cuts the middle of a message of many quotations, and of one without quotes', () => {
    const names = Array.from({ length: 100_000 }, (_, i) => `"${i}"`).join(', ');
    for (const found of [names, 'x'.repeat(1e6)]) {
      const text = messageText(`expected a name, found ${found}; choose one.`);
      expect(text).toHaveLength(1500);
      expect(text).toMatch(/^expected a name, found .*\.\.\..*; choose one\.$/);
    }
  });

  test.each(unsafe)('escapes %j', (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(4, '0');
    const text = character === '\r' ? '\\r' : `\\u${code}`;
    expect(messageText(`found "${character}"`)).toBe(`found "${text}"`);
  });

  test('escapes line ends, so that a file cannot begin a line of its own', () => {
    expect(messageText('found "a\nok: b\t"')).toBe(String.raw`found "a\nok: b\t"`);
  });

  test('escapes nothing twice, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (message) => {
        const once = messageText(message);
        expect(once).not.toMatch(/[\p{Cc}\p{Cs}]/u);
        expect(messageText(once)).toBe(once);
      }),
    );
  });
});

describe('shown', () => {
  test('says what JSON lacks as JavaScript writes it', () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    expect([NaN, -Infinity, 0.5, 10n, loop, Math.max].map((value) => shown(value))).toEqual([
      'NaN',
      '-Infinity',
      '0.5',
      '10n',
      'Object',
      'Function',
    ]);
    expect(shown({ rate: NaN, steps: [1n] })).toBe('{"rate":"NaN","steps":["1n"]}');
  });

  test.each([
    ['a', '"a"'],
    [undefined, 'nothing'],
    [null, 'null'],
    [[1, 'b'], '[1,"b"]'],
    ['\u009b1m', String.raw`"\u009b1m"`],
    ['x'.repeat(20), '"xxxxx...xx"'],
    [Array.from({ length: 1e6 }, () => 0), '[0,0,0...,0]'],
  ])('writes a value as %2$s', (value, text) => {
    expect(shown(value, 10)).toBe(text);
  });
});

describe('terminalText', () => {
  test.each(unsafe)('escapes %j', (character) => {
    expect(terminalText(`a${character}b`)).toMatch(/^a\\(r|u[0-9a-f]{4})b$/);
  });

  test('leaves line ends, tabs and every other character', () => {
    const text = 'a\n\tä 日本語 😀';
    expect(terminalText(text)).toBe(text);
  });

  test('leaves JSON to mean the same', () => {
    const value = { '\u009b': '\u202e\u001b' };
    expect(JSON.parse(terminalText(JSON.stringify(value)))).toEqual(value);
  });
});

test('htmlText escapes what begins tags and ends attributes, once, and nothing else', () => {
  expect(htmlText(`<a title="x" id='y'>ä &amp;</a>`)).toBe(
    '&lt;a title=&quot;x&quot; id=&#39;y&#39;&gt;ä &amp;amp;&lt;/a&gt;',
  );
});

test.each([
  ['remove one', 'remove one.'],
  ['is it whole?', 'is it whole?'],
  ['Done.', 'Done.'],
])('sentence ends %j with one mark', (message, expected) => {
  expect(sentence(message)).toBe(expected);
});

test.each([
  [[], 4, 'none'],
  [['a'], 4, 'a'],
  [['a', 'b', 'c'], 3, 'a, b, c'],
  [['a', 'b', 'c', 'd'], 3, 'a, b, c and 1 more'],
  [[7, 8, 9], 1, '7 and 2 more'],
])('namesText says of %j the first %j and how many more there are', (names, most, expected) => {
  expect(namesText(names, most)).toBe(expected);
});
