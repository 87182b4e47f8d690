import type { Context } from './context.ts';
import { fix, isFixed, runs, sizeOf, unify, type Axis, type Span } from './span.ts';
import type { Tie } from './value.ts';

/** Carries what must agree in size from one axis to the other, until nothing changes any more. */
export function finishTies(context: Context): void {
  linkZeros(context);
  for (let before = ''; ;) {
    const ties = tiesOf(context);
    const classes = sizeClasses(ties);
    for (const tie of ties) finish(tie, classes);
    // What is fixed stays fixed, and what is cut stays cut.
    const found = ties.flatMap(({ pair }) => pair.flatMap(runs));
    const state = `${found.length} ${found.filter(({ fixed }) => fixed !== undefined).length} ${new Set(found).size}`;
    if (state === before) return;
    before = state;
  }
}

/** Zeros that nothing else says the size of take that of whatever their number in the file measures besides. */
function linkZeros({ literals }: Context): void {
  for (const { axes } of literals) {
    const free = (axis: Axis): boolean =>
      runs(axis).every(({ kind, links }) => kind === 'uniform' && links.length === 0);
    const other = axes.find((axis) => !free(axis));
    if (other === undefined) continue;
    for (const axis of axes.filter(free)) {
      const [run, more] = runs(axis);
      if (more === undefined) run?.links.push(other);
      else fix(axis, 'its parts are taken by position');
    }
  }
}

/** For runs that must have one size, one of them. */
function sizeClasses(ties: readonly Tie[]): ReadonlyMap<Span, Span> {
  const classes = new Map<Span, Span>();
  const of = (run: Span): Span => {
    let first = run;
    for (let next = classes.get(first); next !== undefined; next = classes.get(first)) first = next;
    return first;
  };
  for (const { pair } of ties) {
    const [[one, more], [other, others]] = pair.map(runs) as [Span[], Span[]];
    if (one === undefined || other === undefined || more !== undefined || others !== undefined)
      continue;
    const [first, second] = [of(one), of(other)];
    if (first !== second) classes.set(second, first);
  }
  return new Map([...classes.keys()].map((run) => [run, of(run)]));
}

/** All pairs of axes that must have one size. */
function tiesOf({ ties, literals, values }: Context): Tie[] {
  const found = [...ties];
  for (const { axes, frozen } of literals) {
    const user = frozen ?? 'a number in the file';
    for (const axis of axes) found.push({ pair: [axes[0]!, axis], user });
  }
  const seen = new Set<Span>();
  for (const { each } of values) {
    for (const run of (each ?? []).flatMap((axes) => axes.flatMap(runs))) {
      if (run.links.length === 0 || seen.has(run)) continue;
      seen.add(run);
      for (const link of run.links) found.push({ pair: [[run], link], user: run.name });
      for (const link of run.links.slice(1))
        found.push({ pair: [run.links[0]!, link], user: run.name });
    }
  }
  return found;
}

function finish({ pair: [a, b], user }: Tie, classes: ReadonlyMap<Span, Span>): void {
  const [left, right] = [runs(a), runs(b)];
  if (left.length === right.length && left.every((run, i) => run === right[i])) return;
  if (sizeOf(a) !== sizeOf(b)) {
    fix(a, `${user} asks for another size`);
    fix(b, `${user} asks for another size`);
  } else if (isFixed(a))
    fix(b, `its size is that of what never changes: ${left[0]?.fixed ?? user}`);
  else if (isFixed(b)) fix(a, `its size is that of what never changes: ${right[0]?.fixed ?? user}`);
  else if (isFollower(left) || isFollower(right)) return;
  else if (left.length > 1 || right.length > 1) {
    if (!sameParts(left, right, classes)) unify(a, b, user);
  }
}

/** Whether an axis takes its size from another that it has a link to. */
function isFollower(axis: readonly Span[]): boolean {
  return axis.length === 1 && axis[0]!.kind !== 'plain';
}

/** Whether two axes consist of runs of the same sizes, whatever these become. */
function sameParts(
  a: readonly Span[],
  b: readonly Span[],
  classes: ReadonlyMap<Span, Span>,
): boolean {
  const left = b.map((run) => classes.get(run) ?? run);
  for (const run of a) {
    const at = left.indexOf(classes.get(run) ?? run);
    if (at < 0) return false;
    left.splice(at, 1);
  }
  return left.length === 0;
}

/** Sets of dimensions that must keep one size, by name. */
export function equalSets(context: Context, names: ReadonlyMap<Span, string>): string[][] {
  let sets: string[][] = [];
  for (const { pair } of tiesOf(context)) {
    const [[one], [other]] = pair.map(runs) as [Span[], Span[]];
    if (pair.some((axis) => runs(axis).length !== 1) || one === other) continue;
    const [first, second] = [names.get(one!), names.get(other!)];
    if (first === undefined || second === undefined) continue;
    const touched = sets.filter((set) => set.includes(first) || set.includes(second));
    const rest = sets.filter((set) => !touched.includes(set));
    sets = [...rest, [...new Set([...touched.flat(), first, second])]];
  }
  return sets;
}

/** Length of an axis once each dimension has a new size. */
export function sizesAfter(sizes: ReadonlyMap<Span, number>): (axis: Axis) => number | undefined {
  const known = new Map<Span, number | undefined>();
  const sizeOfRun = (run: Span): number | undefined => {
    if (known.has(run)) return known.get(run);
    // Whoever asks again on the way gets what it was: a file may have links in a circle.
    known.set(run, run.size);
    const [link] = run.links;
    const own = run.kind !== 'plain' && link !== undefined ? after(link) : undefined;
    const size = own ?? sizes.get(run) ?? run.size;
    known.set(run, size);
    return size;
  };
  const after = (axis: Axis): number | undefined => {
    let sum = 0;
    for (const run of runs(axis)) {
      const size = sizeOfRun(run);
      if (size === undefined) return undefined;
      sum += size;
    }
    return sum;
  };
  return after;
}
