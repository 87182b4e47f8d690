import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { factbookEntries } from '../src/data/factbook/entries.ts';
import { factbookQuestions } from '../src/data/factbook/factbook.ts';
import { spanText, tokenSpan } from '../src/data/spans.ts';
import { tokenize } from '../src/data/tokenize.ts';

const set = factbookQuestions();
const parts = [set.train, set.valid, set.test];
const all = parts.flat();
const questions = all.flatMap((paragraph) => paragraph.questions);
const middle = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

describe('factbookEntries', () => {
  const entries = new Map(factbookEntries().map((entry) => [entry.code, entry]));

  test('reads countries by the name that people say, with fields and parts in order', () => {
    const ghana = entries.get('gh')!;
    expect(ghana.name).toBe('Ghana');
    const geography = ghana.sections.get('Geography')!;
    expect(geography.find(({ name }) => name === 'Elevation extremes')).toEqual({
      name: 'Elevation extremes',
      values: [
        { part: 'lowest point', text: 'Atlantic Ocean 0 m' },
        { part: 'highest point', text: 'Mount Afadjato 885 m' },
      ],
    });
    // No short form; a name in brackets; several islands, an ocean, the world: no country.
    expect(entries.get('ae')!.name).toBe('United Arab Emirates');
    expect(entries.get('vt')!.name).toBe('Holy See');
    for (const code of ['um', 'oo', 'zn', 'xx']) expect(entries.has(code)).toBe(false);
  });
});

describe('factbookQuestions', () => {
  test('has thousands of questions in three parts that share no country and no context', () => {
    const asked = parts.map((part) => part.flatMap((paragraph) => paragraph.questions).length);
    expect(asked[0]).toBeGreaterThan(4000);
    expect(asked[0]).toBeLessThan(10000);
    for (const count of asked.slice(1)) expect(Math.abs(count - 750)).toBeLessThanOrEqual(250);
    for (const key of ['title', 'context'] as const) {
      const seen = parts.map((part) => new Set(part.map((paragraph) => paragraph[key])));
      expect(new Set(seen.flatMap((one) => [...one])).size).toBe(
        seen.reduce((sum, one) => sum + one.size, 0),
      );
    }
    expect(new Set(questions.map(({ id }) => id)).size).toBe(questions.length);
  });

  test('is the same on every machine', () => {
    const hash = createHash('sha256').update(JSON.stringify(set)).digest('hex');
    expect(hash.slice(0, 16)).toBe('aad22694b23262e6');
    expect(factbookQuestions()).toEqual(set);
  });

  test('answers are short texts at their place, of whole tokens', () => {
    const lengths: number[] = [];
    for (const { context, questions: asked } of all) {
      const tokens = tokenize(context);
      for (const { answers } of asked) {
        const [{ text, start }] = answers as [(typeof answers)[number]];
        expect(context.slice(start, start + text.length)).toBe(text);
        const span = tokenSpan(tokens, start, start + text.length)!;
        expect(spanText(context, tokens, span)).toBe(text);
        lengths.push(span.last - span.first + 1);
      }
    }
    expect(middle(lengths)).toBeLessThan(6);
  });

  test('a paragraph is text of its entry, and its questions have different answers', () => {
    const entries = new Map(factbookEntries().map((entry) => [entry.name, entry]));
    for (const { title, context, questions: asked } of all) {
      const fields = [...entries.get(title)!.sections.values()].flat();
      const inside = fields.filter(({ values }) =>
        values.every(({ text }) => context.includes(text)),
      );
      expect(inside.length).toBeGreaterThanOrEqual(4);
      const places = asked.map(({ answers }) => `${answers[0]!.start} ${answers[0]!.text}`);
      expect(new Set(places).size).toBe(asked.length);
    }
  });

  test('asks for what the text says', () => {
    const answered = (title: string, question: string): string[] =>
      all
        .filter((paragraph) => paragraph.title === title)
        .flatMap((paragraph) => paragraph.questions)
        .filter((asked) => asked.question === question)
        .map(({ answers }) => answers[0]!.text);
    expect(answered('Ireland', 'How many kilometres of the roads of Ireland are paved?')).toEqual([
      '96,036 km',
    ]);
    expect(answered('Tonga', 'Which is the second ethnic group of Tonga?')).toEqual([
      'part-Tongan',
    ]);
    for (const { title, questions: asked } of all) {
      for (const { question } of asked) expect(question).toContain(title);
    }
  });
});
