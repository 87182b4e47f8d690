import type { LayoutWeight } from './derive.ts';
import { runs, type Axis, type Span } from '../graph/span.ts';

/** Gives every run that can lose positions a unique name that the notation can hold, those of `first` first. */
export function dimensionNames(
  weights: readonly (readonly Axis[])[],
  first: readonly Axis[],
): Map<Span, string> {
  const names = new Map<Span, string>();
  const taken = new Set<string>();
  const found = new Set(weights.flatMap((axes) => axes.flatMap(runs)));
  const ordered = new Set([...first.flatMap(runs), ...found]);
  for (const run of ordered) {
    if (run.fixed !== undefined || !found.has(run)) continue;
    const base = spell(run.name);
    let name = base;
    for (let i = 2; taken.has(name); i++) name = `${base}_${i}`;
    taken.add(name);
    names.set(run, name);
  }
  return names;
}

/** A name without what the notation has other uses for; PyTorch's begin with a slash. */
function spell(name: string): string {
  const plain = name.replace(/[^\w./:@$]/g, '_').replace(/^[./:@$]+/, '');
  return /^[A-Za-z_]/.test(plain) && plain !== '__proto__' ? plain : `_${plain}`;
}

/** The notation of a weight, such as `1, 4*lstm <- input`. */
export function notationOf(
  { weight, axes }: LayoutWeight,
  names: ReadonlyMap<Span, string>,
): string {
  const texts = axes.map((axis) => axisText(axis, names));
  const reads = weight.roles.map((role) => role === 'reads');
  const border = reads.findIndex((read) => read !== reads[0]);
  const mixed =
    weight.roles.includes('both') ||
    (border > 0 && reads.slice(border).some((read) => read === reads[0]));
  const at = border < 0 ? texts.length : border;
  const [left, right] = [texts.slice(0, at).join(', '), texts.slice(at).join(', ')];
  const body = mixed
    ? `${texts[0]} <-> ${texts.slice(1).join(', ')}`
    : reads[0] === true
      ? `${left} -> ${right}`
      : `${right === '' ? '-> ' : ''}${left}${right === '' ? '' : ` <- ${right}`}`;
  const multiplied = mixed || (reads.includes(true) && reads.includes(false));
  const attributes = [
    ...(weight.lookup ? ['lookup'] : []),
    ...(multiplied || texts.length < 2 ? [] : ['unpenalized']),
  ];
  return attributes.length === 0 ? body : `${body} [${attributes.join(', ')}]`;
}

function axisText(axis: Axis, names: ReadonlyMap<Span, string>): string {
  const terms: (string | number)[] = [];
  for (const run of runs(axis)) {
    const name = names.get(run);
    const last = terms.at(-1);
    if (name !== undefined) terms.push(name);
    else if (typeof last === 'number') terms[terms.length - 1] = last + run.size!;
    else terms.push(run.size!);
  }
  const period = periodOf(terms);
  const sum = terms.slice(0, period).join(' + ');
  const copies = terms.length / period;
  if (copies === 1) return sum;
  return period === 1 ? `${copies}*${sum}` : `${copies}*(${sum})`;
}

/** Length of the shortest part that the whole list repeats. */
function periodOf(terms: readonly (string | number)[]): number {
  for (let period = 1; period <= terms.length / 2; period++) {
    if (terms.length % period !== 0) continue;
    if (terms.every((term, i) => term === terms[i % period])) return period;
  }
  return terms.length;
}
