import type { Context } from './context.ts';
import { fix, isFixed, runs, sizeOf, unify, type Axis, type Span } from './span.ts';
import type { Tie } from './value.ts';

/** Carries what must agree in size from one axis to the other, until nothing changes any more. */
export function finishTies(context: Context): void {
  for (let before = -1; ;) {
    const ties = tiesOf(context);
    for (const tie of ties) finish(tie);
    const state = ties.reduce(
      (sum, { pair }) =>
        sum +
        pair.flatMap(runs).filter(({ fixed }) => fixed !== undefined).length +
        pair.flatMap(runs).length * 1e-3,
      0,
    );
    if (state === before) return;
    before = state;
  }
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

function finish({ pair: [a, b], user }: Tie): void {
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
    if (!sameParts(left, right)) unify(a, b, user);
  }
}

/** Whether an axis takes its size from another that it has a link to. */
function isFollower(axis: readonly Span[]): boolean {
  return axis.length === 1 && axis[0]!.kind !== 'plain';
}

function sameParts(a: readonly Span[], b: readonly Span[]): boolean {
  if (a.length !== b.length) return false;
  const left = [...b];
  for (const run of a) {
    const at = left.indexOf(run);
    if (at < 0) return false;
    left.splice(at, 1);
  }
  return true;
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
export function sizeAfter(axis: Axis, sizes: ReadonlyMap<Span, number>): number | undefined {
  let sum = 0;
  for (const run of runs(axis)) {
    const [link] = run.links;
    const own = run.kind !== 'plain' && link !== undefined ? sizeAfter(link, sizes) : undefined;
    const size = own ?? sizes.get(run) ?? run.size;
    if (size === undefined) return undefined;
    sum += size;
  }
  return sum;
}
