/** A span of tokens, both ends included, with its score. */
export interface ScoredSpan {
  readonly start: number;
  readonly end: number;
  /** Logarithm of the probability of both ends, in nats. */
  readonly score: number;
}

/**
 * The most probable span of a context of `length` tokens that does not end before it starts: the largest sum of a start's
 * and an end's logarithmic probability, the first of equal ones.
 *
 * @throws Error when there is no token.
 */
export function bestSpan(
  start: ArrayLike<number>,
  end: ArrayLike<number>,
  length: number,
): ScoredSpan {
  if (length < 1) throw new Error('bestSpan: expected at least one token, found none.');
  let first = 0;
  let best: ScoredSpan = { start: 0, end: 0, score: -Infinity };
  for (let t = 0; t < length; t++) {
    if (start[t]! > start[first]!) first = t;
    const score = start[first]! + end[t]!;
    if (score > best.score) best = { start: first, end: t, score };
  }
  const rest = logSumExp(start, length) + logSumExp(end, length);
  return { ...best, score: best.score - rest };
}

function logSumExp(values: ArrayLike<number>, length: number): number {
  let most = -Infinity;
  for (let t = 0; t < length; t++) most = Math.max(most, values[t]!);
  let sum = 0;
  for (let t = 0; t < length; t++) sum += Math.exp(values[t]! - most);
  return most + Math.log(sum);
}
