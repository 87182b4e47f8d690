import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { spanText, tokenSpan } from '../src/data/spans.ts';
import { tokenize } from '../src/data/tokenize.ts';

const texts = (text: string): string[] => tokenize(text).map((token) => token.text);

/** Texts with much of what is hard: odd white space, marks, pairs of surrogates, joiners, abbreviations, numbers. */
const hardTexts = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 3 }),
      fc.constantFrom(
        ...[' ', '\u00a0', '\u2009', '\n', '\u0085', '\u200b', '\u0301', '\u200d', '👍🏽', '👩‍🚀', '𝒳'],
        ...['U.S.', '1,200.5', '3:45', '.', '-', '–', '€', '(', 'é', 'naïve', "don't", '\ud83d'],
      ),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''));

describe('tokenize', () => {
  test('keeps words and numbers whole and parts all punctuation', () => {
    expect(texts("The (17th) club's semi-final cost $1,200.50, i.e. 3.5% more.")).toEqual(
      "The|(|17th|)|club|'|s|semi|-|final|cost|$|1,200.50|,|i.e.|3.5|%|more|.".split('|'),
    );
    expect(texts('1939–45: £5m; [note 3]/“so”')).toEqual(
      '1939|–|45|:|£|5m|;|[|note|3|]|/|“|so|”'.split('|'),
    );
  });

  test('takes an abbreviation with its points, and a point after a word for itself', () => {
    expect(texts('In the U.S. at 3:45 p.m. he met J.R.R. Tolkien. So.')).toEqual(
      'In|the|U.S.|at|3:45|p.m.|he|met|J.R.R.|Tolkien|.|So|.'.split('|'),
    );
  });

  test('parts at odd white space and keeps offsets in UTF-16 units', () => {
    expect(tokenize('😀 10\u00a0km\u2009\n\u0085wide\u200b')).toEqual([
      { text: '😀', start: 0, end: 2 },
      { text: '10', start: 3, end: 5 },
      { text: 'km', start: 6, end: 8 },
      { text: 'wide', start: 11, end: 15 },
    ]);
  });

  test('leaves marks and emoji sequences on what they belong to', () => {
    expect(texts('cafe\u0301 नमस्ते 👩‍🚀👍🏽 q.\u0301 U.S.\u0301')).toEqual(
      'cafe\u0301|नमस्ते|👩‍🚀|👍🏽|q|.\u0301|U.S.\u0301'.split('|'),
    );
  });

  test('of a text without tokens gives none', () => {
    expect(tokenize(' \u00a0\n')).toEqual([]);
  });

  test('tokens are in order, apart, cover all but white space, and are slices of the text', () => {
    fc.assert(
      fc.property(hardTexts, (text) => {
        let end = 0;
        let between = '';
        for (const token of tokenize(text)) {
          expect(token.start).toBeGreaterThanOrEqual(end);
          expect(token.end).toBeGreaterThan(token.start);
          expect(text.slice(token.start, token.end)).toBe(token.text);
          expect(token.text).not.toMatch(/[\s\u0085]/);
          between += text.slice(end, token.start);
          end = token.end;
        }
        between += text.slice(end);
        expect(between).toMatch(/^[\s\u0085\u200b\u2060]*$/);
      }),
    );
  });

  test('never begins within a pair of surrogates or with a mark that has something to be on', () => {
    fc.assert(
      fc.property(hardTexts, (text) => {
        for (const { start } of tokenize(text)) {
          if (start === 0) continue;
          const before = text[start - 1]!;
          expect(/[\ud800-\udbff]$/.test(before) && /[\udc00-\udfff]/.test(text[start]!)).toBe(
            false,
          );
          if (!/[\s\u0085\u200b\u2060]/.test(before))
            expect(text.slice(start)).not.toMatch(/^\p{M}/u);
        }
      }),
    );
  });
});

describe('spans', () => {
  const context = 'It fell to 5\u2009%\u00a0 (about half).';
  const tokens = tokenize(context); // It fell to 5 % ( about half ) .

  test('an answer becomes its tokens, and they the text as the context has it', () => {
    const span = tokenSpan(tokens, 11, 14)!;
    expect(span).toEqual({ first: 3, last: 4 });
    expect(spanText(context, tokens, span)).toBe('5\u2009%');
  });

  test('a part of a token counts as all of it', () => {
    const start = context.indexOf('bout hal');
    const span = tokenSpan(tokens, start, start + 8)!;
    expect(spanText(context, tokens, span)).toBe('about half');
  });

  test('a range without tokens has no span', () => {
    expect(tokenSpan(tokens, 14, 16)).toBeUndefined();
    expect(tokenSpan(tokens, 3, 3)).toBeUndefined();
    expect(tokenSpan(tokens, 100, 101)).toBeUndefined();
    expect(tokenSpan([], 0, 5)).toBeUndefined();
  });

  test('tokens to text and back gives the same tokens', () => {
    fc.assert(
      fc.property(hardTexts, fc.nat(), fc.nat(), (text, a, b) => {
        const all = tokenize(text);
        fc.pre(all.length > 0);
        const [first, last] = [a % all.length, b % all.length].sort((x, y) => x - y) as [
          number,
          number,
        ];
        const span = spanText(text, all, { first, last });
        const start = all[first]!.start;
        expect(text.slice(start, start + span.length)).toBe(span);
        expect(tokenSpan(all, start, start + span.length)).toEqual({ first, last });
      }),
    );
  });

  test('the tokens of a range are those that overlap it', () => {
    fc.assert(
      fc.property(hardTexts, fc.nat(40), fc.nat(10), (text, start, length) => {
        const all = tokenize(text);
        const end = start + length;
        const inside = all.flatMap((token, k) =>
          token.start < end && token.end > start ? [k] : [],
        );
        const expected =
          inside.length === 0 || length === 0
            ? undefined
            : { first: inside[0], last: inside.at(-1) };
        expect(tokenSpan(all, start, end)).toEqual(expected);
      }),
    );
  });
});

test('a text of more than a million characters is refused, and one of a million marks is split', () => {
  expect(() => tokenize('a'.repeat(1_000_001))).toThrow(
    'at most 1000000 characters, found 1000001',
  );
  expect(tokenize(`a${'\u0301'.repeat(999_999)}`)).toHaveLength(1);
  expect(tokenize('a.'.repeat(500_000))).toHaveLength(1);
});
