import type { Paragraph } from './questions.ts';
import { tokenSpan } from './spans.ts';
import { tokenize, type Token } from './tokenize.ts';
import { idOf, UNKNOWN, type Vocabulary, type WordVocabulary } from './vocabulary.ts';

/** Characters of a token that are read, as in BiDAF; shorter tokens are padded to as many. */
const SPELLED = 16;

/** A text as a network reads it. */
export interface EncodedText {
  readonly text: string;
  readonly tokens: readonly Token[];
  /** Words by id, `[tokens]`. */
  readonly words: Int32Array;
  /** Characters of each token by id, `[tokens][16]`; equal tokens share one array. */
  readonly spellings: readonly Int32Array[];
}

/** A question about a context, as a network reads both. */
export interface Example {
  readonly id: string;
  readonly context: EncodedText;
  readonly question: EncodedText;
  /** First token of the first of the right answers. */
  readonly start: number;
  /** Last token of it. */
  readonly end: number;
  /** All right answers. */
  readonly answers: readonly string[];
}

/** Turns a text into ids; `what` is what an error calls it. */
export type Encoder = (text: string, what: string) => EncodedText;

/**
 * Makes an encoder over two vocabularies.
 *
 * @returns a function that throws an Error when a text has no tokens.
 */
export function encoder(words: WordVocabulary, characters: Vocabulary): Encoder {
  const spelt = new Map<string, Int32Array>();
  const spell = (token: string): Int32Array => {
    const known = spelt.get(token);
    if (known !== undefined) return known;
    // All are as long: the network takes a maximum over places, in which padding has its part.
    const ids = new Int32Array(SPELLED);
    ids.set(
      Array.from(token, (character) => characters.ids.get(character) ?? UNKNOWN).slice(0, SPELLED),
    );
    spelt.set(token, ids);
    return ids;
  };
  return (text, what) => {
    const tokens = tokenize(text);
    if (tokens.length === 0) {
      throw new Error(
        `${what}: expected a text with a word in it, found ${JSON.stringify(text)}; give one.`,
      );
    }
    return {
      text,
      tokens,
      words: Int32Array.from(tokens, (token) => idOf(words, token.text)),
      spellings: tokens.map((token) => spell(token.text)),
    };
  };
}

/**
 * The examples of paragraphs, in their order. Those of a paragraph share its context.
 *
 * @throws Error when a text or a right answer has no tokens.
 */
export function examplesOf(paragraphs: readonly Paragraph[], encode: Encoder): Example[] {
  return paragraphs.flatMap(({ context, questions }) => {
    if (questions.length === 0) return [];
    const encoded = encode(context, `the context of question "${questions[0]!.id}"`);
    return questions.map(({ id, question, answers }): Example => {
      const { text, start } = answers[0]!;
      const span = tokenSpan(encoded.tokens, start, start + text.length);
      if (span === undefined) {
        throw new Error(
          `question "${id}": expected an answer with a word in it, found ${JSON.stringify(text)}; correct or remove it.`,
        );
      }
      return {
        id,
        context: encoded,
        question: encode(question, `question "${id}"`),
        start: span.first,
        end: span.last,
        answers: answers.map((answer) => answer.text),
      };
    });
  });
}

/** Most tokens of what a network is trained on. */
export interface LengthLimits {
  readonly context: number;
  readonly question: number;
}

/** What is short enough to train on, and how much is not. */
export interface ShortEnough {
  readonly examples: readonly Example[];
  /** Examples left out for their context. */
  readonly longContexts: number;
  /** Examples left out for their question alone. */
  readonly longQuestions: number;
}

/** Leaves out what is too long to train on, as BiDAF does. For training only: a score is over all questions. */
export function shortEnough(examples: readonly Example[], limits: LengthLimits): ShortEnough {
  const shortContexts = examples.filter(({ context }) => context.tokens.length <= limits.context);
  const kept = shortContexts.filter(({ question }) => question.tokens.length <= limits.question);
  return {
    examples: kept,
    longContexts: examples.length - shortContexts.length,
    longQuestions: shortContexts.length - kept.length,
  };
}
