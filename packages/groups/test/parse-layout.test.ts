import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatLayout,
  formatWeight,
  GroupError,
  layoutFromJson,
  layoutToJson,
  parseLayout,
  weightShape,
} from '../src/index.ts';
import { anyLayout } from './any-layout.ts';

describe('parseLayout', () => {
  test('reads axes, roles and segments', () => {
    const layout = parseLayout('dims a = 2  b = 3\nw  4*(a + b) + 12, 5 -> 2*a');
    expect(layout.dims).toEqual({ a: 2, b: 3 });
    const [first, second, third] = layout.weights['w']!.axes;
    expect(first).toMatchObject({ role: 'reads', size: 32 });
    const block = { kind: 'sum', terms: ['a', 'b'].map((name) => ({ kind: 'dimension', name })) };
    expect(layout.weights['w']!.before[0]).toEqual({
      kind: 'sum',
      terms: [
        { kind: 'repeat', times: 4, body: block },
        { kind: 'fixed', size: 12 },
      ],
    });

    expect(first!.segments).toHaveLength(9);
    expect(first!.segments.slice(0, 3)).toEqual([
      { dim: 'a', start: 0, size: 2 },
      { dim: 'b', start: 2, size: 3 },
      { dim: 'a', start: 5, size: 2 },
    ]);
    expect(first!.segments[8]).toEqual({ dim: undefined, start: 20, size: 12 });
    expect(second).toMatchObject({ role: 'reads', size: 5 });
    expect(third).toMatchObject({ role: 'writes', size: 4 });
  });

  test('reads the notation of the design page', () => {
    const layout = parseLayout(`
      dims     vocab = 10000   embed = 1500   h1 = 1500   h2 = 1500

      embedding          vocab -> embed
      lstm1/kernel       embed -> 4*h1          # TensorFlow order
      lstm1/recurrent    h1    -> 4*h1
      lstm1/bias               -> 4*h1
      lstm2/kernel       h1    -> 4*h2
      softmax/kernel     h2    -> vocab
      softmax/bias             -> vocab
    `);
    expect(Object.keys(layout.weights)).toHaveLength(7);
    expect(weightShape(layout, 'lstm1/kernel')).toEqual([1500, 6000]);
    expect(weightShape(layout, 'softmax/bias')).toEqual([10000]);
  });

  test('turns roles round for "<-" and gives both for "<->"', () => {
    const { weights } = parseLayout('dims a = 2 b = 3\ntorch 4*a <- b\ntied b <-> a\nbias a <-');
    const rolesOf = (name: string): string[] => weights[name]!.axes.map((axis) => axis.role);
    expect(rolesOf('torch')).toEqual(['writes', 'reads']);
    expect(rolesOf('tied')).toEqual(['both', 'both']);
    expect(rolesOf('bias')).toEqual(['writes']);
  });

  test('penalizes weights of rank 2 and more unless told otherwise', () => {
    const { weights } = parseLayout(`
      dims a = 2
      matrix   a -> a
      bias     -> a
      free     a -> a  [unpenalized]
      held     -> a    [penalized]
      table    9 -> a  [lookup]
      both     9 -> a  [lookup] [unpenalized]
    `);
    const penalized = Object.keys(weights).filter((name) => weights[name]!.penalized);
    expect(penalized).toEqual(['matrix', 'held', 'table']);
    expect(Object.keys(weights).filter((name) => weights[name]!.lookup)).toEqual(['table', 'both']);
  });

  test('writes weights in one form', () => {
    const { weights } = parseLayout(`
      dims a = 2 b = 3
      spaces      4*( a+b )+(b)  ,5->2*3*a [ lookup , unpenalized ]
      default     a -> b [penalized]
      scalar      ->
    `);
    expect(formatWeight(weights['spaces']!)).toBe(
      '4*(a + b) + b, 5 -> 2*3*a [lookup, unpenalized]',
    );
    expect(formatWeight(weights['default']!)).toBe('a -> b');
    expect(formatWeight(weights['scalar']!)).toBe('->');
    expect(weights['scalar']).toMatchObject({ axes: [], penalized: false });
  });

  test('reads names with dashes, and others in quotes', () => {
    const { weights } = parseLayout(
      'dims a = 2\nmy-cell/k-1->a\n"my cell # 1"  -> a # comment\n"dims" -> a\r\n',
    );
    expect(Object.keys(weights)).toEqual(['my-cell/k-1', 'my cell # 1', 'dims']);
  });

  test('looks for the nearest name quickly, however long the names are', () => {
    const long = 'h'.repeat(30_000);
    expect(() => parseLayout(`dims a = 2 ${long} = 3\nw a -> ${long}1 + ${long}`)).toThrow(
      /expected a declared dimension, found "h+\.\.\.h+1"; did you mean "h+\.\.\.h+"\?$/,
    );
  });

  test('a few characters do not stand for more segments than memory holds', () => {
    const axes = Array.from({ length: 500 }, (_, i) => `w${i} -> 65536*z`);
    expect(() => parseLayout(`dims z = 0\n${axes.join('\n')}`)).toThrow(
      'weight "w15": expected at most 1000000 segments in all weights of a layout, found more',
    );
    const one = `w -> ${Array.from({ length: 500 }, () => '65536*z').join(', ')}`;
    expect(() => parseLayout(`dims z = 0\n${one}`)).toThrow('expected at most 16 axes, found 500');
    expect(() => parseLayout('dims z = 0\nw -> 1000*1000*1000*z')).toThrow(
      'expected at most 65536 segments in an axis, found more in "1000*1000*1000*z"',
    );
  });

  test('notation of any length is read or refused in a time that grows with it', () => {
    const n = 200_000;
    const lines = [
      `w -> a${' '.repeat(n)}`,
      `w -> ${'a+'.repeat(30_000)}a`,
      `w -> ${'('.repeat(n)}`,
      `w -> ${'-'.repeat(n)}`,
      `w${'-w'.repeat(n)} -> a`,
      `w -> a ${'[lookup] '.repeat(n)}`,
      `dims ${Array.from({ length: n / 10 }, (_, i) => `d${i} = 1`).join(' ')} ${'x'.repeat(n)}`,
      `"${'\\\\'.repeat(n)}" -> a`,
      `${'a'.repeat(n)}!`,
    ];
    // What is quadratic takes minutes.
    for (const line of lines) {
      try {
        parseLayout(`dims a = 1\n${line}`);
      } catch (error) {
        expect(error).toBeInstanceOf(GroupError);
        expect((error as Error).message.length).toBeLessThan(1600);
      }
    }
  });

  test('writes a layout of many weights, and of a long name, without padding all to its length', () => {
    const names = Array.from({ length: 30_000 }, (_, i) => `w${i}`);
    const weights = Object.fromEntries(
      [...names, 'x'.repeat(10_000)].map((name) => [name, '-> a']),
    );
    const text = formatLayout(layoutFromJson({ dims: { a: 1 }, weights }));
    expect(text.length).toBeLessThan(3e6);
    expect(Object.keys(parseLayout(text).weights)).toHaveLength(30_001);
  });

  test('escapes control characters in what it quotes', () => {
    expect(() => parseLayout('dims a = 1\nw -> a\u001bc')).toThrow(String.raw`\u001bc`);
    expect(() => parseLayout('dims a = 1\nw -> b\u009b')).toThrow(/^[^\p{Cc}]*$/u);
  });

  test.each([
    ['no weight', 'dims', 'parseLayout: expected at least one weight, found none'],
    [
      'an undeclared dimension',
      'dims embed = 2 h1 = 3\nw embed -> 4*hl + h1',
      'parseLayout: line 2, weight "w": expected a declared dimension, found "hl"; did you mean "h1"?',
    ],
    [
      'a dimension that no weight has',
      'dims a = 2 b = 3\nw a -> a',
      'parseLayout: expected every dimension and fixed width in some weight, found "b" in none; use it or remove its declaration',
    ],
    [
      'a weight twice',
      'dims a = 2\nw a -> a\nw -> a',
      'parseLayout: line 3, weight "w": expected each weight once, found "w" again',
    ],
    [
      'a dimension twice',
      'dims a = 2\ndims a = 2\nw a -> a',
      'parseLayout: line 2: expected each dimension once, found "a" again',
    ],
    [
      'a size that is not whole',
      'dims a = 2.5\nw a -> a',
      'parseLayout: line 1: expected "name = size" pairs with whole sizes, found "a = 2.5"',
    ],
    [
      'a dimension without a size',
      'dims a = 2 b\nw a -> a',
      'parseLayout: line 1: expected "name = size" pairs with whole sizes, found "b"',
    ],
    [
      'a dimension called by a number',
      'dims 3 = 2\nw 3 -> 3',
      'line 1: expected a dimension\'s name (a letter or "_", then letters, digits and _ . / : @ $ -), found "3"',
    ],
    [
      'no arrow',
      'dims a = 2\nw a, a',
      'parseLayout: line 2, weight "w": expected one arrow ("->", "<-" or "<->"), found none in "a, a"',
    ],
    [
      'two arrows',
      'dims a = 2\nw a -> a -> a',
      'expected one arrow ("->", "<-" or "<->"), found 2',
    ],
    [
      'an unknown attribute',
      'dims a = 2\nw a -> a [lokup]',
      'expected one of the attributes lookup, penalized, unpenalized, frozen, found "lokup"; did you mean "lookup"?',
    ],
    [
      'contradicting attributes',
      'dims a = 2\nw a -> a [penalized, unpenalized]',
      'expected penalized or unpenalized, found both',
    ],
    [
      'an attribute in the middle',
      'dims a = 2\nw a [lookup] -> a',
      'expected attributes in brackets at the end of the line, found "[lookup] -> a"',
    ],
    ['an open parenthesis', 'dims a = 2\nw 4*(a -> a', 'expected ")", found the end in "4*(a"'],
    [
      'a block count after its block',
      'dims a = 2\nw a*4 -> a',
      'expected "+" or the end of the axis, found "*" in "a*4"',
    ],
    [
      'a count without a star',
      'dims a = 2\nw 4a -> a',
      'expected "+" or the end of the axis, found "a"',
    ],
    [
      'an empty axis',
      'dims a = 2\nw a, -> a',
      'expected a dimension or a number, found the end in ""',
    ],
    [
      'a width of nought',
      'dims a = 2\nw 0 -> a',
      'expected a number of at least 1, found 0 in "0"',
    ],
    [
      'another character',
      'dims a = 2\nw a -> a; a',
      'expected dimensions, numbers, "+", "*" and parentheses in an axis, found "; a"',
    ],
    [
      'endless blocks',
      'dims a = 2\nw 9999999*a -> a',
      'expected at most 65536 segments in an axis',
    ],
    [
      'endless parentheses',
      `dims a = 2\nw ${'('.repeat(9000)}a -> a`,
      'expected at most 32 levels of nesting',
    ],
    ['no name', 'dims a = 2\n-> a', 'parseLayout: line 2: expected a weight\'s name, found "-> a"'],
    ['open quotes', '"w -> a', "line 1: expected a weight's name in quotes as JSON writes it"],
  ])('refuses %s', (_, text, message) => {
    expect(() => parseLayout(text)).toThrow(GroupError);
    expect(() => parseLayout(text)).toThrow(message);
  });

  test('refuses what is not text', () => {
    expect(() => parseLayout({} as string)).toThrow(
      'parseLayout: expected the notation as text, found object; use layoutFromJson for the JSON form',
    );
  });
});

describe('formatLayout', () => {
  test('lines the weights up under their dimensions', () => {
    const layout = parseLayout('dims a=2 b = 3\nlong/name a->b\nw  9 -> a [lookup]');
    expect(formatLayout(layout)).toBe(
      'dims  a = 2  b = 3\n\nlong/name  a -> b\nw          9 -> a [lookup]\n',
    );
  });

  test('breaks long lines of dimensions', () => {
    const dims = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`dimension${i}`, i + 1]));
    const layout = layoutFromJson({ dims, weights: { w: `-> ${Object.keys(dims).join(' + ')}` } });
    const text = formatLayout(layout);
    expect(text.match(/^dims /gm)!.length).toBeGreaterThan(5);
    expect(parseLayout(text)).toEqual(layout);
  });

  test('is read back as the same layout', () => {
    fc.assert(
      fc.property(anyLayout, (layout) => {
        expect(parseLayout(formatLayout(layout))).toEqual(layout);
        expect(layoutFromJson(JSON.parse(JSON.stringify(layoutToJson(layout))))).toEqual(layout);
      }),
    );
  });

  test('refuses what is not a layout', () => {
    const json = { dims: { a: 1 }, weights: { w: 'a -> a' } } as unknown;
    expect(() => formatLayout(json as ReturnType<typeof parseLayout>)).toThrow(
      'formatLayout: expected a layout, found another object; make one with parseLayout or layoutFromJson',
    );
  });
});

test('a layout that an editor on Windows has saved is the same layout', () => {
  fc.assert(
    fc.property(anyLayout, (layout) => {
      const text = formatLayout(layout);
      expect(parseLayout(`\ufeff${text.replaceAll('\n', '\r\n')}`)).toEqual(parseLayout(text));
    }),
  );
});

describe('layoutFromJson', () => {
  test('reads and writes plain JSON', () => {
    const json = { dims: { h1: 2 }, weights: { 'lstm 1': 'h1 -> 4*h1', b: '-> 4*h1' } };
    expect(layoutToJson(layoutFromJson(json))).toEqual(json);
  });

  test.each<[string, unknown, string]>([
    [
      'text',
      'dims',
      'layoutFromJson: expected { "dims": { name: size }, "weights": { name: notation } }, found string',
    ],
    ['nothing', null, 'found null'],
    ['other keys', { dims: {}, layers: {} }, 'found the keys ["dims","layers"]'],
    [
      'a size as text',
      { dims: { a: '2' }, weights: { w: 'a -> a' } },
      'layoutFromJson: expected a whole size of at least 0 for "a", found 2',
    ],
    ['a negative size', { dims: { a: -2 }, weights: { w: 'a -> a' } }, 'found -2'],
    [
      'a dimension with a space',
      { dims: { 'a b': 2 }, weights: {} },
      "layoutFromJson: expected a dimension's name",
    ],
    [
      'a weight that is no text',
      { dims: {}, weights: { w: ['a'] } },
      'layoutFromJson: weight "w": expected notation such as "embed -> 4*h1", found a list',
    ],
    [
      'an undeclared dimension',
      { dims: {}, weights: { w: 'a -> a' } },
      'layoutFromJson: weight "w": expected a declared dimension, found "a"; there is none to choose from.',
    ],
    [
      'a name that records cannot hold',
      JSON.parse('{ "dims": {}, "weights": { "__proto__": "3 -> 3" } }'),
      'expected a weight\'s name, found "__proto__"',
    ],
    ['an inherited name', { dims: {}, weights: { w: 'toString -> 3' } }, 'found "toString"'],
  ])('refuses %s', (_, json, message) => {
    expect(() => layoutFromJson(json)).toThrow(GroupError);
    expect(() => layoutFromJson(json)).toThrow(message);
  });
});

test("attributes are read in their former spelling, and written in today's", () => {
  const layout = parseLayout('dims a = 2\nw a -> 3 [unpenalised]\nb -> a [penalised]');
  expect(layoutToJson(layout).weights).toEqual({
    w: 'a -> 3 [unpenalized]',
    b: '-> a [penalized]',
  });
});
