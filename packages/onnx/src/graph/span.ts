import { modelError } from '../error.ts';

/**
 * A run of neighbouring positions along an axis. Runs that some operator lines up, position by position, are one dimension;
 * a run is fixed when something uses its positions in a way of its own, for none may disappear then.
 */
export interface Span {
  /** What the dimension is called if this span names it. */
  name: string;
  /** Spans of recurrent units name a dimension before those of other operators do, and these before those of weights. */
  rank: number;
  /** Number of positions; undefined while only a run knows. */
  size: number | undefined;
  /** The span that this one was found equal to. */
  parent: Span | undefined;
  /** The two spans that this one was cut into. */
  parts: readonly [Span, Span] | undefined;
  /** Why the size can never change, if it cannot. */
  fixed: string | undefined;
  /**
   * `uniform`: all positions hold the same values, as those of a tensor of zeros do, so that only their number matters.
   * `state`: positions of a state that comes from outside or goes there: whoever meets it as a state agrees on its size alone.
   */
  kind: 'plain' | 'uniform' | 'state';
  /** Axes that are as long as this span, of another kind than `plain`, has to be. */
  links: Axis[];
}

/** The positions along an axis: runs, one after the other. */
export type Axis = readonly Span[];

/** More runs along one axis than any network has; a hostile file gets no further. */
const MOST_RUNS = 65_536;
/** An axis of more runs than this is not cut any further. */
const MOST_CUT = 4096;
/** Most cuts that lining two axes up may need; repeated patterns that overlap would need one for each position. */
const MOST_CUTS = 64;

/** An axis of one run. */
export function newAxis(name: string, size: number, rank = 0, kind: Span['kind'] = 'plain'): Axis {
  return [
    { name, rank, size, kind, parent: undefined, parts: undefined, fixed: undefined, links: [] },
  ];
}

/** An axis whose size never changes, known or not. */
export function fixedAxis(size: number | undefined, reason: string): Axis {
  const [span] = newAxis('', 0);
  return [{ ...span!, size, fixed: reason }];
}

/** The first span of those found equal to this one. */
export function rootOf(span: Span): Span {
  let root = span;
  while (root.parent !== undefined) root = root.parent;
  // Later look-ups take a shorter way.
  for (let each = span; each.parent !== undefined;) {
    const { parent } = each as { parent: Span };
    each.parent = root;
    each = parent;
  }
  return root;
}

/** The runs of an axis, none of which is cut. */
export function runs(axis: Axis): Span[] {
  const found: Span[] = [];
  const stack = [...axis].reverse();
  while (stack.length > 0) {
    const root = rootOf(stack.pop()!);
    if (root.parts !== undefined) stack.push(root.parts[1], root.parts[0]);
    else found.push(root);
    if (found.length + stack.length > MOST_RUNS) {
      throw modelError(
        `onnxLayout: expected axes of at most ${MOST_RUNS} runs of features, found one that the graph cuts into more; is this file meant to be run?`,
      );
    }
  }
  return found;
}

/** Length of an axis, if it is known. */
export function sizeOf(axis: Axis): number | undefined {
  let sum = 0;
  for (const { size } of runs(axis)) {
    if (size === undefined) return undefined;
    sum += size;
  }
  return sum;
}

/** Whether nothing along the axis can ever be removed. */
export function isFixed(axis: Axis): boolean {
  return runs(axis).every(({ fixed }) => fixed !== undefined);
}

/** Forbids that anything along the axis is removed; the first reason stays. */
export function fix(axis: Axis, reason: string): void {
  for (const run of runs(axis)) run.fixed ??= reason;
}

/** Whether two axes are the same runs. */
export function sameRuns(a: Axis, b: Axis): boolean {
  const [left, right] = [runs(a), runs(b)];
  return left.length === right.length && left.every((run, i) => run === right[i]);
}

/** Whether only the number of positions of an axis matters. */
export function isUniform(axis: Axis): boolean {
  return runs(axis).every(({ kind }) => kind === 'uniform');
}

/** An axis repeated so many times; undefined for more copies than a layout should hold. */
export function repeat(axis: Axis, times: number): Axis | undefined {
  if (times * runs(axis).length > MOST_CUT) return undefined;
  return Array.from({ length: times }, () => axis).flat();
}

/** States that position `i` of one axis and position `i` of another belong together, because of `user`. */
export function unify(a: Axis, b: Axis, user: string): void {
  const [left, right] = [runs(a).reverse(), runs(b).reverse()];
  const single = left.length === 1 && right.length === 1;
  const sizes = [sizeOf(a), sizeOf(b)];
  const unknown = sizes.includes(undefined);
  if (unknown ? !single : sizes[0] !== sizes[1]) {
    const reason = `${user} lines it up with features of another number`;
    fix(a, reason);
    fix(b, reason);
    return;
  }
  for (const [one, other, whole] of [
    [left, right, b],
    [right, left, a],
  ] as const) {
    // As a whole: its size is that of the whole other axis, however that is cut.
    if (one.length === 1 && one[0]!.kind === 'uniform' && other[0]!.kind !== 'uniform') {
      one[0]!.links.push(whole);
      return;
    }
  }
  const tooFine = Math.max(left.length, right.length) > MOST_CUT;
  let cuts = 0;
  while (left.length > 0 && right.length > 0) {
    const [x, y] = [head(left), head(right)];
    if (x === y || x.size === y.size || unknown) {
      left.pop();
      right.pop();
      if (x !== y) join(x, y, user);
    } else if (tooFine || cuts++ === MOST_CUTS) {
      fix(a, `${user} cuts it too finely`);
      fix(b, `${user} cuts it too finely`);
      return;
    } else {
      const [larger, smaller] = x.size! > y.size! ? [x, y] : [y, x];
      split(larger, smaller.size!, user);
    }
  }
}

/** The run at the top of a stack, which may have been joined or cut since it was laid there. */
function head(stack: Span[]): Span {
  for (;;) {
    const root = rootOf(stack.at(-1)!);
    if (root.parts === undefined) return root;
    stack.pop();
    stack.push(root.parts[1], root.parts[0]);
  }
}

/** Makes two runs of one size one dimension. */
function join(x: Span, y: Span, user: string): void {
  if (x.kind !== y.kind) {
    const uniform = x.kind === 'uniform' ? x : y.kind === 'uniform' ? y : undefined;
    if (uniform !== undefined) {
      uniform.links.push([uniform === x ? y : x]);
      return;
    }
    settle(x, user);
    settle(y, user);
  }
  const [first, second] = [rootOf(x), rootOf(y)];
  if (first === second || first.parts !== undefined || second.parts !== undefined) {
    if (first !== second) unify([first], [second], user);
    return;
  }
  const [parent, child] = second.rank > first.rank ? [second, first] : [first, second];
  child.parent = parent;
  parent.size ??= child.size;
  parent.links.push(...child.links);
  if (child.fixed !== undefined) parent.fixed ??= child.fixed;
}

/** Makes a run plain: from now on the positions of all that it agreed with in size alone are one and the same. */
function settle(run: Span, user: string): void {
  if (run.kind === 'plain') return;
  const { links } = run;
  run.kind = 'plain';
  run.links = [];
  for (const link of links) unify([run], link, user);
}

/** Cuts a run after so many positions. */
function split(run: Span, at: number, user: string): void {
  if (run.links.length > 0) {
    settle(run, user);
    if (run.parent !== undefined || run.parts !== undefined) return;
  }
  const { name, rank, kind, fixed } = run;
  const part = (size: number): Span => {
    const [span] = newAxis(name, size, rank, kind);
    return { ...span!, fixed };
  };
  run.parts = [part(at), part(run.size! - at)];
}

/** The positions from `from` up to but not including `to`, cut where they begin and end. */
export function cut(axis: Axis, from: number, to: number, user: string): Axis {
  const found: Span[] = [];
  const stack = runs(axis).reverse();
  if (stack.length > MOST_CUT) fix(axis, `${user} cuts it too finely`);
  let start = 0;
  while (stack.length > 0 && start < to) {
    const run = head(stack);
    const end = start + run.size!;
    const border = [from, to].find((each) => each > start && each < end);
    if (border !== undefined) {
      split(run, border - start, user);
      continue;
    }
    stack.pop();
    if (start >= from && end <= to) found.push(run);
    start = end;
  }
  return found;
}

/** States that two axes agree as states do: in size, and in position only where one of them is no state. */
export function agreeAsState(state: Axis, units: Axis, user: string): void {
  const found = runs(state);
  if (found.length === 1 && found[0]!.kind === 'state' && sizeOf(state) === sizeOf(units)) {
    found[0]!.links.push(units);
  } else if (found.length === 1 && found[0]!.kind === 'state' && found[0]!.size === undefined) {
    found[0]!.size = sizeOf(units);
    found[0]!.links.push(units);
  } else unify(state, units, user);
}
