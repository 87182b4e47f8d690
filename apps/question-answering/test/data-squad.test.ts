import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseSquad, readSquad } from '../src/data/squad.ts';

/** A SQuAD file of one paragraph. */
const squad = (context: string, ...qas: object[]): string =>
  JSON.stringify({ version: '1.1', data: [{ title: 'Tea', paragraphs: [{ context, qas }] }] });

const question = (text: string, start: number, more: object = {}): object => ({
  id: 'q1',
  question: 'What?',
  answers: [{ text, answer_start: start }],
  ...more,
});

describe('parseSquad', () => {
  test('reads paragraphs, questions and several answers', () => {
    const answers = [
      { text: 'green tea', answer_start: 7 },
      { text: 'tea', answer_start: 13 },
    ];
    const { paragraphs, unanswerable } = parseSquad(
      squad('I like green tea.', { id: 'q1', question: 'What?', answers }),
      'f',
    );
    expect(unanswerable).toBe(0);
    expect(paragraphs).toEqual([
      {
        title: 'Tea',
        context: 'I like green tea.',
        questions: [
          {
            id: 'q1',
            question: 'What?',
            answers: [
              { text: 'green tea', start: 7 },
              { text: 'tea', start: 13 },
            ],
          },
        ],
      },
    ]);
  });

  test('turns offsets in code points into UTF-16 units', () => {
    // In code points: 😀 0, 𝒳 1, space 2, "tea" 3 to 5, space 6, 🍵 7.
    const read = (text: string, start: number) =>
      parseSquad(squad('😀𝒳 tea 🍵', question(text, start)), 'f').paragraphs[0]!.questions[0]!
        .answers[0]!;
    expect(read('tea', 3)).toEqual({ text: 'tea', start: 5 });
    expect(read('🍵', 7)).toEqual({ text: '🍵', start: 9 });
    expect(read('😀', 0)).toEqual({ text: '😀', start: 0 });
    // What a reader that counts UTF-16 units would take for right.
    expect(() => read('tea', 5)).toThrow('expected "tea" at character 5 of its context, found');
  });

  test('leaves out and counts what version 2.0 marks as impossible', () => {
    const impossible = {
      id: 'q2',
      question: 'Why?',
      answers: [],
      plausible_answers: [{ text: 'tea', answer_start: 0 }],
      is_impossible: true,
    };
    const { paragraphs, unanswerable } = parseSquad(
      squad('tea', question('tea', 0, { is_impossible: false }), impossible),
      'f',
    );
    expect(unanswerable).toBe(1);
    expect(paragraphs[0]!.questions.map(({ id }) => id)).toEqual(['q1']);
  });

  test.each([
    ['not JSON', 'tea', 'f: expected JSON, found "tea" ('],
    [
      'an id that stands twice in a question',
      '{"data":[{"paragraphs":[{"context":"a","qas":[{"id":"1","id":"2"}]}]}]}',
      'f: expected each name once in an object of JSON, found "id" again',
    ],
    ['deep nesting', '['.repeat(1e6), 'f: expected JSON of at most 128 levels'],
    ['not SQuAD', '[1]', 'f: expected the format of SQuAD 1.1 or 2.0, found at the top: '],
    [
      'no offset',
      squad('tea', { id: 'q1', question: 'What?', answers: [{ text: 'tea' }] }),
      'found at data[0].paragraphs[0].qas[0].answers[0].answer_start: ',
    ],
    [
      'a negative offset',
      squad('tea', question('tea', -1)),
      'found at data[0].paragraphs[0].qas[0].answers[0].answer_start: ',
    ],
    [
      'an answer elsewhere',
      squad('I like tea', question('tea', 6)),
      'f: data[0].paragraphs[0].qas[0].answers[0]: expected "tea" at character 6 of its context, found " te"',
    ],
    [
      'an answer beyond the end',
      squad('I like tea', question('tea', 600)),
      'expected "tea" at character 600 of its context, found ""',
    ],
    [
      'an empty answer',
      squad('tea', question('', 0)),
      'answers[0]: expected a text with more than white space, found ""',
    ],
    [
      'an empty context',
      squad(' \u00a0\n', question('tea', 0)),
      'f: data[0].paragraphs[0].context: expected a text, found " \u00a0\\n"; fill it, or take this paragraph out of the file.',
    ],
    [
      'an empty question',
      squad('tea', question('tea', 0, { question: '' })),
      'f: data[0].paragraphs[0].qas[0].question: expected a text, found "";',
    ],
    [
      'no answer',
      squad('tea', { id: 'q1', question: 'What?', answers: [] }),
      'qas[0].answers: expected at least one answer, found none; add one, or mark the question as is_impossible.',
    ],
    [
      'an id twice',
      squad('tea', question('tea', 0), question('tea', 0)),
      'qas[1].id: expected an id of its own, found "q1"',
    ],
  ])('says where it found %s', (_what, text, message) => {
    expect(() => parseSquad(text, 'f')).toThrow(message);
  });
});

describe('readSquad', () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => {
    removeFolder(folder);
  });

  test('reads plain and gzipped files, with or without a byte order mark', () => {
    const text = squad('tea', question('tea', 0));
    const files = { 'a.json': text, 'b.json': `\ufeff${text}`, 'c.json.gz': gzipSync(text) };
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(join(folder, name), content);
      expect(readSquad(join(folder, name)).paragraphs[0]!.context).toBe('tea');
    }
  });

  test('says which file is missing or not gzipped', () => {
    expect(() => readSquad(join(folder, 'no.json'))).toThrow(
      /no\.json: expected a readable file, found none \(ENOENT\)/,
    );
    writeFileSync(join(folder, 'x.json.gz'), 'plain');
    expect(() => readSquad(join(folder, 'x.json.gz'))).toThrow(
      /x\.json\.gz: expected a readable file that gzip made, found incorrect header check/,
    );
  });
});
