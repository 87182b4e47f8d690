/** What can be asked about a text of an entry. */
export interface Template {
  /** The field, and the part where the field has parts. */
  readonly of: readonly [field: string, part?: string];
  /** What the text says as answer: the first group, or all that matches. Without it, the text up to a bracket or semicolon. */
  readonly answer?: RegExp;
  /** Ways to ask; `{}` is the country. */
  readonly asks: readonly string[];
}
