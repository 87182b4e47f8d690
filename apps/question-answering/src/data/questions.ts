/** A right answer and where its context has it. */
export interface Answer {
  readonly text: string;
  /** Its first UTF-16 unit in the context: `context.slice(start, start + text.length)` is `text`. */
  readonly start: number;
}

/** A question about a context, with one right answer or several. */
export interface Question {
  readonly id: string;
  readonly question: string;
  readonly answers: readonly Answer[];
}

/** A text and the questions that it answers. */
export interface Paragraph {
  readonly title: string;
  readonly context: string;
  readonly questions: readonly Question[];
}
