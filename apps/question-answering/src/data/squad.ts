import { readText } from '@secateur/app';
import { parseJson, sentence, shown } from '@secateur/input';
import { z } from 'zod';
import type { Answer, Paragraph, Question } from './questions.ts';

/** Most characters of a file and most values in it; SQuAD 2.0 has 42 million and 1.2 million. */
const LIMITS = { characters: 200_000_000, values: 20_000_000 };

/** What a SQuAD file holds. */
export interface Squad {
  readonly paragraphs: readonly Paragraph[];
  /** Questions of version 2.0 that their paragraph does not answer: they are left out. */
  readonly unanswerable: number;
}

const answerSchema = z.object({ text: z.string(), answer_start: z.int().nonnegative() });
const questionSchema = z.object({
  id: z.string(),
  question: z.string(),
  answers: z.array(answerSchema),
  is_impossible: z.boolean().optional(),
});
const paragraphSchema = z.object({ context: z.string(), qas: z.array(questionSchema) });
const squadSchema = z.object({
  data: z.array(z.object({ title: z.string().default(''), paragraphs: z.array(paragraphSchema) })),
});

/**
 * Reads a file of SQuAD 1.1 or 2.0 (Rajpurkar et al. 2016 and 2018), also gzipped. Offsets count code points there, as
 * Python does, and UTF-16 units here.
 *
 * @throws Error naming the place when it is not JSON, not SQuAD, when an answer is not in its context where the file says,
 * when a context or question is empty, or when two questions share an id.
 */
export function readSquad(file: string): Squad {
  return parseSquad(readText(file), file);
}

/** As {@link readSquad}, of a text; `source` is what errors call it. */
export function parseSquad(text: string, source: string): Squad {
  const ids = new Set<string>();
  let unanswerable = 0;
  const paragraphs = parsed(text, source).data.flatMap((article, a) =>
    article.paragraphs.map(({ context, qas }, p): Paragraph => {
      const place = `${source}: data[${a}].paragraphs[${p}]`;
      if (context.trim() === '') throw empty(`${place}.context`, context, 'this paragraph');
      const unitAt = unitOffsets(context);
      const questions: Question[] = [];
      qas.forEach(({ id, question, answers, is_impossible: impossible }, q) => {
        const at = `${place}.qas[${q}]`;
        if (question.trim() === '') throw empty(`${at}.question`, question, 'this question');
        if (ids.has(id)) {
          throw new Error(
            `${at}.id: expected an id of its own, found ${shown(id)}, which an earlier question has; answers are scored by id, so rename one.`,
          );
        }
        ids.add(id);
        if (impossible === true) {
          unanswerable++;
          return;
        }
        if (answers.length === 0) {
          throw new Error(
            `${at}.answers: expected at least one answer, found none; add one, or mark the question as is_impossible.`,
          );
        }
        const found = answers.map((answer, k) =>
          located(answer, context, unitAt, `${at}.answers[${k}]`),
        );
        questions.push({ id, question, answers: found });
      });
      return { title: article.title, context, questions };
    }),
  );
  return { paragraphs, unanswerable };
}

function parsed(text: string, source: string): z.infer<typeof squadSchema> {
  let json: unknown;
  try {
    json = parseJson(text, LIMITS);
  } catch (error) {
    throw new Error(
      `${source}: ${sentence((error as Error).message)} Give a SQuAD file such as dev-v1.1.json.`,
      { cause: error },
    );
  }
  const result = squadSchema.safeParse(json);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  const place = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`));
  throw new Error(
    `${source}: expected the format of SQuAD 1.1 or 2.0, found at ${place.join('').slice(1) || 'the top'}: ${message}; give a file such as dev-v1.1.json.`,
  );
}

function located(
  { text, answer_start: codePoint }: z.infer<typeof answerSchema>,
  context: string,
  unitAt: (codePoint: number) => number,
  place: string,
): Answer {
  const start = unitAt(codePoint);
  const found = context.slice(start, start + text.length);
  if (text.trim() !== '' && found === text) return { text, start };
  const expected =
    text.trim() === ''
      ? 'a text with more than white space'
      : `${shown(text)} at character ${codePoint} of its context`;
  throw new Error(
    `${place}: expected ${expected}, found ${shown(found)}; correct "text" or "answer_start", which counts Unicode code points from 0.`,
  );
}

/** What turns an offset in code points into one in UTF-16 units; beyond the end it gives the end. */
function unitOffsets(context: string): (codePoint: number) => number {
  if (!/[\ud800-\udfff]/.test(context)) return (codePoint) => Math.min(codePoint, context.length);
  const offsets: number[] = [];
  let unit = 0;
  for (const character of context) {
    offsets.push(unit);
    unit += character.length;
  }
  return (codePoint) => offsets[codePoint] ?? context.length;
}

function empty(place: string, found: string, what: string): Error {
  return new Error(
    `${place}: expected a text, found ${shown(found)}; fill it, or take ${what} out of the file.`,
  );
}
