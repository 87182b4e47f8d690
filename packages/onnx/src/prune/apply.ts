import type { Kept } from '@secateur/pruner';
import { modelError } from '../error.ts';
import { cutTensor, type Keep } from '../file/floats.ts';
import { caseOfRank } from '../graph/cases.ts';
import { runs, sizeOf, type Axis, type Span } from '../graph/span.ts';
import { sizesAfter } from '../graph/ties.ts';
import type { Derived } from '../layout/derive.ts';

/** An input or an output of a model that has another shape than before. */
export interface ChangedEnd {
  /** Which of the two it is. */
  readonly kind: 'input' | 'output';
  /** Its name. */
  readonly name: string;
  /** Sizes of its axes before, `null` where a run decides. */
  readonly before: readonly (number | null)[];
  /** Sizes of its axes now. */
  readonly after: readonly (number | null)[];
}

/** The length of each axis once only the kept components are left. */
export function sizesOfKept({ names }: Derived, kept: Kept): (axis: Axis) => number | undefined {
  const sizes = new Map<Span, number>();
  for (const [span, name] of names) {
    if (Object.hasOwn(kept, name)) sizes.set(span, kept[name]!.length);
  }
  return sizesAfter(sizes);
}

/** Cuts a model down to the kept components: constants, numbers that are sizes, declared shapes. It changes the model. */
export function applyKept(derived: Derived, kept: Kept): ChangedEnd[] {
  const { context, names } = derived;
  const sizeAfter = sizesOfKept(derived, kept);
  for (const { tensor, value } of context.weights) {
    const keeps = value.each!.map((axes): Keep => axes.map((axis) => keptAlong(axis, names, kept)));
    if (keeps.some((keep) => keep.some((list) => list !== undefined))) cutTensor(tensor, keeps);
  }
  const changes = (axes: readonly Axis[]): boolean =>
    axes.some((axis) => sizeAfter(axis) !== sizeOf(axis));
  for (const { node, units, zeros } of context.recurrent) {
    for (const { at, value } of zeros) {
      if (changes(units) || (value.each ?? []).some(changes)) node.input[at] = '';
    }
    while (node.input.at(-1) === '') node.input.pop();
  }
  for (const { axes, value, write, negative, frozen } of context.literals) {
    const lengths = new Set(axes.map((axis) => sizeAfter(axis)));
    const [length] = lengths;
    if (length === undefined) continue;
    const next = negative ? -length : length;
    if (lengths.size > 1 || (next !== value && frozen !== undefined)) {
      throw modelError(
        `pruneOnnx: expected one new size in place of ${value}, found ${[...lengths].join(' and ')}${frozen === undefined ? '' : `, where ${frozen}`}; the file was left as it was.`,
      );
    }
    if (next !== value) write(next);
  }
  return changedShapes(derived, sizeAfter);
}

/** The indices along an axis that are kept; undefined for all. */
function keptAlong(axis: Axis, names: ReadonlyMap<Span, string>, kept: Kept): number[] | undefined {
  const found = runs(axis);
  const listed = found.map((run) => {
    const name = names.get(run);
    return name !== undefined && Object.hasOwn(kept, name) ? kept[name] : undefined;
  });
  if (listed.every((list, i) => list === undefined || list.length === found[i]!.size)) {
    return undefined;
  }
  let start = 0;
  return found.flatMap(({ size }, i) => {
    const list = listed[i] ?? Array.from({ length: size! }, (_, index) => index);
    const from = start;
    start += size!;
    return list.map((index) => from + index);
  });
}

/** Writes new sizes where shapes are declared; gives the ends of the model whose shape is another now. */
function changedShapes(
  { context }: Derived,
  sizeAfter: (axis: Axis) => number | undefined,
): ChangedEnd[] {
  const changed: ChangedEnd[] = [];
  for (const { value, type, end } of context.shapes) {
    const tensor = type.value.case === 'tensorType' ? type.value.value : undefined;
    const dims = tensor?.shape?.dim;
    const own = dims === undefined ? value : caseOfRank(value, dims.length);
    const axes = own?.each?.[0];
    if (axes === undefined) continue;
    const before = axes.map(sizeOf);
    const after = axes.map((axis) => sizeAfter(axis));
    dims?.forEach((dim, i) => {
      const declared = dim.value.case === 'dimValue' ? Number(dim.value.value) : undefined;
      if (dims.length === axes.length && declared === before[i] && after[i] !== declared) {
        dim.value = { case: 'dimValue', value: BigInt(after[i]!) };
      }
    });
    if (end !== undefined && before.some((size, i) => size !== after[i])) {
      const shown = (shape: readonly (number | undefined)[]): (number | null)[] =>
        shape.map((size) => size ?? null);
      changed.push({ ...end, before: shown(before), after: shown(after) });
    }
  }
  return changed;
}
