import { GroupError } from './error.ts';
import { suggestion } from './names.ts';
import type { Axis, Role, Segment } from './types.ts';

/** Most blocks of an axis, more than any real weight has: what lies beyond is a typing error, or a hostile file. */
const MOST_SEGMENTS = 65_536;
const DEEPEST = 32;

/** The sizes of the names that an axis can mention; no name is in both. */
export interface Sizes {
  readonly dims: Readonly<Record<string, number>>;
  readonly fixed: Readonly<Record<string, number>>;
}

type Node =
  | { readonly kind: 'dim'; readonly name: string }
  | { readonly kind: 'fixed'; readonly size: number }
  | { readonly kind: 'repeat'; readonly times: number; readonly body: Node }
  | { readonly kind: 'sum'; readonly terms: readonly Node[] };

/** Reads one axis such as `4*(fwd + bwd) + 12`; `where` opens every error message. */
export function parseAxis(text: string, role: Role, sizes: Sizes, where: string): Axis {
  const { dims, fixed } = sizes;
  const node = parseSum(text.trim(), where);
  if (blocks(node) > MOST_SEGMENTS) {
    throw new GroupError(
      `${where}: expected at most ${MOST_SEGMENTS} segments in an axis, found more in "${text.trim()}"; check the repetitions`,
    );
  }
  const segments: Segment[] = [];
  let size = 0;
  const append = (dim: string | undefined, width: number): void => {
    segments.push({ dim, start: size, size: width });
    size += width;
  };
  const expand = (part: Node): void => {
    if (part.kind === 'fixed') append(undefined, part.size);
    else if (part.kind === 'sum') part.terms.forEach(expand);
    else if (part.kind === 'repeat') for (let i = 0; i < part.times; i++) expand(part.body);
    else if (Object.hasOwn(dims, part.name)) append(part.name, dims[part.name]!);
    else if (Object.hasOwn(fixed, part.name)) append(undefined, fixed[part.name]!);
    else {
      const names = [...Object.keys(dims), ...Object.keys(fixed)];
      throw new GroupError(
        `${where}: expected a declared dimension, found "${part.name}"; ${suggestion(part.name, names)}`,
      );
    }
  };
  expand(node);
  if (!Number.isSafeInteger(size)) {
    throw new GroupError(`${where}: expected an axis that fits in memory, found ${size} entries`);
  }
  return { role, size, segments, text: write(node) };
}

const token = /\s*(?:(\d+)|([A-Za-z_][\w./:@$]*(?:-+[\w./:@$]+)*)|([()+*]))/y;

function parseSum(text: string, where: string): Node {
  const tokens: string[] = [];
  let end = 0;
  while (end < text.length) {
    token.lastIndex = end;
    const match = token.exec(text);
    if (match === null) {
      throw new GroupError(
        `${where}: expected dimensions, numbers, "+", "*" and parentheses in an axis, found "${text.slice(end)}"; write for instance "4*(fwd + bwd)"`,
      );
    }
    tokens.push(match[1] ?? match[2] ?? match[3]!);
    end = token.lastIndex;
  }
  let next = 0;
  const fail = (expected: string): never => {
    const found = next < tokens.length ? `"${tokens[next]}"` : 'the end';
    throw new GroupError(
      `${where}: expected ${expected}, found ${found} in "${text}"; write an axis like "h1", "4*h1" or "4*(fwd + bwd) + 12"`,
    );
  };
  const sum = (depth: number): Node => {
    const terms = [term(depth)];
    while (tokens[next] === '+') {
      next++;
      terms.push(term(depth));
    }
    const flat = terms.flatMap((part) => (part.kind === 'sum' ? part.terms : [part]));
    return flat.length === 1 ? flat[0]! : { kind: 'sum', terms: flat };
  };
  const term = (depth: number): Node => {
    if (depth > DEEPEST) return fail(`at most ${DEEPEST} levels of nesting`);
    const found = tokens[next];
    if (found === '(') {
      next++;
      const inside = sum(depth + 1);
      if (tokens[next] !== ')') return fail('")"');
      next++;
      return inside;
    }
    if (found !== undefined && /^\d/.test(found)) {
      const number = Number(found);
      if (number < 1 || !Number.isSafeInteger(number)) return fail('a number of at least 1');
      next++;
      if (tokens[next] !== '*') return { kind: 'fixed', size: number };
      next++;
      return { kind: 'repeat', times: number, body: term(depth + 1) };
    }
    if (found === undefined || '()+*'.includes(found)) return fail('a dimension or a number');
    next++;
    return { kind: 'dim', name: found };
  };
  const node = sum(0);
  if (next < tokens.length) return fail('"+" or the end of the axis');
  return node;
}

/** How many segments a node stands for, counted without writing them out. */
function blocks(node: Node): number {
  if (node.kind === 'repeat') return node.times * blocks(node.body);
  return node.kind === 'sum' ? node.terms.reduce((sum, term) => sum + blocks(term), 0) : 1;
}

function write(node: Node): string {
  if (node.kind === 'dim') return node.name;
  if (node.kind === 'fixed') return String(node.size);
  if (node.kind === 'sum') return node.terms.map(write).join(' + ');
  const body = write(node.body);
  return `${node.times}*${node.body.kind === 'sum' ? `(${body})` : body}`;
}
