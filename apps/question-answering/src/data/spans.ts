import type { Token } from './tokenize.ts';

/** An answer as tokens of its context: the first and the last, both in it. */
export interface TokenSpan {
  readonly first: number;
  readonly last: number;
}

/**
 * The tokens that overlap `[start, end)` of the text they were split from, or `undefined` where there are none. A token
 * that reaches beyond the range counts whole.
 */
export function tokenSpan(
  tokens: readonly Token[],
  start: number,
  end: number,
): TokenSpan | undefined {
  const first = firstWhere(tokens, (token) => token.end > start);
  const last = firstWhere(tokens, (token) => token.start >= end) - 1;
  return start >= end || first > last ? undefined : { first, last };
}

/** The text of a span as the context has it, with the white space between its tokens. */
export function spanText(
  context: string,
  tokens: readonly Token[],
  { first, last }: TokenSpan,
): string {
  return context.slice(tokens[first]!.start, tokens[last]!.end);
}

/** The first token of which `holds` is true, by halving: it must stay true once it is. */
function firstWhere(tokens: readonly Token[], holds: (token: Token) => boolean): number {
  let low = 0;
  let high = tokens.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(tokens[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
