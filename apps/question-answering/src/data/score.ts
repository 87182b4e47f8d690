/** Exact match and F1 over a set of questions, in per cent. */
export interface Score {
  readonly exactMatch: number;
  readonly f1: number;
  /** Questions counted, those without a prediction among them. */
  readonly questions: number;
  /** Questions without a prediction: each counts 0. */
  readonly missing: number;
}

/** A question and every answer that is right. */
export interface Gold {
  readonly id: string;
  readonly answers: readonly string[];
}

// string.punctuation of Python.
const PUNCTUATION = /[!-/:-@[-`{-~]/g;
// `\b` of JavaScript knows ASCII only. Python's has letters, digits and `_` on one side, and no combining marks.
const ARTICLES = /(?<![\p{L}\p{N}_])(?:a|an|the)(?![\p{L}\p{N}_])/gu;
// What str.split of Python parts words at: not JavaScript's \s, which has U+FEFF and lacks the separators of ASCII and NEL.
// eslint-disable-next-line no-control-regex
const SPACES = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/**
 * The words of an answer as SQuAD's official script (v1.1) compares them: lower case, without ASCII punctuation and
 * without the articles a, an and the.
 */
export function normalizedWords(answer: string): string[] {
  const plain = answer.toLowerCase().replace(PUNCTUATION, '').replace(ARTICLES, ' ');
  return plain.split(SPACES).filter((word) => word !== '');
}

/** 1 when an answer has the same normalized words in the same order as one of the right ones, else 0. */
export function exactMatch(prediction: string, answers: readonly string[]): number {
  const predicted = normalizedWords(prediction).join(' ');
  return answers.some((answer) => normalizedWords(answer).join(' ') === predicted) ? 1 : 0;
}

/**
 * The harmonic mean of precision and recall of the normalized words, each as often as it occurs, against the right answer
 * that gives most. 0 where nothing is in common, also when both have no words: so does version 1.1 of the script.
 */
export function f1(prediction: string, answers: readonly string[]): number {
  const predicted = normalizedWords(prediction);
  return answers.reduce((best, answer) => Math.max(best, overlap(predicted, answer)), 0);
}

function overlap(predicted: readonly string[], answer: string): number {
  const right = normalizedWords(answer);
  const left = new Map<string, number>();
  for (const word of right) left.set(word, (left.get(word) ?? 0) + 1);
  let common = 0;
  for (const word of predicted) {
    const count = left.get(word) ?? 0;
    if (count === 0) continue;
    left.set(word, count - 1);
    common++;
  }
  if (common === 0) return 0;
  const precision = common / predicted.length;
  const recall = common / right.length;
  return (2 * precision * recall) / (precision + recall);
}

/**
 * Scores predictions by question id as SQuAD's official script (v1.1) does: for each question the best over its right
 * answers, averaged over all questions.
 *
 * @throws Error when there are no questions.
 */
export function score(questions: readonly Gold[], predictions: ReadonlyMap<string, string>): Score {
  if (questions.length === 0) {
    throw new Error('score: expected at least one question, found none; give a set that has some.');
  }
  let exact = 0;
  let sum = 0;
  let missing = 0;
  for (const { id, answers } of questions) {
    const prediction = predictions.get(id);
    if (prediction === undefined) {
      missing++;
      continue;
    }
    exact += exactMatch(prediction, answers);
    sum += f1(prediction, answers);
  }
  const percent = (total: number): number => (100 * total) / questions.length;
  return { exactMatch: percent(exact), f1: percent(sum), questions: questions.length, missing };
}
