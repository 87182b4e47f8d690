import { notationError } from '../error.ts';
import type { AxisExpression } from '../types.ts';
import { dimensionAxis, fixedAxis, sumAxes } from './expression.ts';

const DEEPEST = 32;

const token = /\s*(?:(\d+)|([A-Za-z_][\w./:@$]*(?:-+[\w./:@$]+)*)|([()+*]))/y;

/**
 * Reads one axis of the notation, such as `4*(fwd + bwd) + 12`; `where` opens every error message.
 *
 * @throws {@link GroupError} for anything that cannot be read.
 *
 * @example
 * ```ts
 * import { parseAxis } from '@secateur/groups';
 *
 * parseAxis('4*h1'); // => { kind: 'repeat', times: 4, body: { kind: 'dimension', name: 'h1' } }
 * ```
 */
export function parseAxis(text: string, where = 'parseAxis'): AxisExpression {
  if (typeof text !== 'string') {
    throw notationError(`${where}: expected an axis in the notation, found ${typeof text}`);
  }
  const tokens = tokensOf(text.trim(), where);
  let next = 0;
  const fail = (expected: string): never => {
    const actual = next < tokens.length ? `"${tokens[next]}"` : 'the end';
    throw notationError(
      `${where}: expected ${expected}, found ${actual} in "${text.trim()}"; write an axis like "h1", "4*h1" or "4*(fwd + bwd) + 12"`,
    );
  };
  const sum = (depth: number): AxisExpression => {
    const terms = [term(depth)];
    while (tokens[next] === '+') {
      next++;
      terms.push(term(depth));
    }
    return sumAxes(terms);
  };
  const term = (depth: number): AxisExpression => {
    if (depth > DEEPEST) return fail(`at most ${DEEPEST} levels of nesting`);
    const word = tokens[next];
    if (word === '(') {
      next++;
      const inside = sum(depth + 1);
      if (tokens[next] !== ')') return fail('")"');
      next++;
      return inside;
    }
    if (word !== undefined && /^\d/.test(word)) {
      const number = Number(word);
      next++;
      if (tokens[next] !== '*') return fixedAxis(number);
      next++;
      // "1*h1" is kept as it was written.
      return { kind: 'repeat', times: number, body: term(depth + 1) };
    }
    if (word === undefined || '()+*'.includes(word)) return fail('a dimension or a number');
    next++;
    return dimensionAxis(word);
  };
  const axis = sum(0);
  if (next < tokens.length) return fail('"+" or the end of the axis');
  return axis;
}

function tokensOf(text: string, where: string): string[] {
  const tokens: string[] = [];
  let end = 0;
  while (end < text.length) {
    token.lastIndex = end;
    const match = token.exec(text);
    if (match === null) {
      throw notationError(
        `${where}: expected dimensions, numbers, "+", "*" and parentheses in an axis, found "${text.slice(end)}"; write for instance "4*(fwd + bwd)"`,
      );
    }
    tokens.push(match[1] ?? match[2] ?? match[3]!);
    end = token.lastIndex;
  }
  return tokens;
}
