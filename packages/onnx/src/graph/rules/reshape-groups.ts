import { runs, sizeOf, type Axis } from '../span.ts';
import type { Entry } from '../value.ts';

/** What a new axis is asked to be. */
export interface Target {
  readonly entry: Entry;
  /** Its length, when it is known. */
  readonly size: number | undefined;
  /** The input's axis whose length it takes. */
  readonly like: Axis | undefined;
}

/** Neighbouring old axes that together become neighbouring new ones. */
export interface Group {
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** Whole numbers from one up to another. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
}

/** What the numbers of a Reshape ask for; undefined when they cannot be met. */
export function targetsOf(
  axes: readonly Axis[],
  entries: readonly Entry[],
  zeroCopies: boolean,
): Target[] | undefined {
  if (entries.filter(({ value }) => value === -1).length > 1) return undefined;
  const targets = entries.map((entry, i): Target => {
    const { value, axis } = entry;
    if (value === 0 && zeroCopies) {
      const like = axes[i];
      return { entry: { value: undefined }, size: like && sizeOf(like), like };
    }
    return {
      entry: value === -1 ? { value: undefined } : entry,
      size: value === -1 ? undefined : value,
      like: axis,
    };
  });
  if (targets.some(({ size }) => size !== undefined && size < 0)) return undefined;
  const open = entries.findIndex(({ value }) => value === -1);
  const product = (sizes: readonly (number | undefined)[]): number | undefined =>
    sizes.reduce(
      (sum, size) => (sum === undefined || size === undefined ? undefined : sum * size),
      1,
    );
  const whole = product(axes.map(sizeOf));
  const others = product(targets.flatMap(({ size }, i) => (i === open ? [] : [size])));
  if (open >= 0 && whole !== undefined && others !== undefined && others > 0) {
    if (whole % others !== 0) return undefined;
    targets[open] = { ...targets[open]!, size: whole / others };
  }
  return targets;
}

/** Finds which old axes become which new ones: from the front, then from the back, the rest is one group. */
export function groupsOf(axes: readonly Axis[], targets: readonly Target[]): Group[] {
  const same = (axis: Axis, { size, like }: Target): boolean => {
    const own = sizeOf(axis);
    if (own !== undefined) return own === size;
    return like !== undefined && runs(like)[0] === runs(axis)[0] && size === undefined;
  };
  const groups: Group[] = [];
  let [i, j, iEnd, jEnd] = [0, 0, axes.length, targets.length];
  const walk = (back: boolean): void => {
    while (i < iEnd && j < jEnd) {
      const [at, to] = back ? [iEnd - 1, jEnd - 1] : [i, j];
      let [from, into] = [1, 1];
      if (!same(axes[at]!, targets[to]!)) {
        const step = back ? -1 : 1;
        let [left, right] = [sizeOf(axes[at]!), targets[to]!.size];
        while (left !== right) {
          if (left === undefined || right === undefined || left === 0 || right === 0) return;
          if (left < right) {
            if (from >= iEnd - i) return;
            const more = sizeOf(axes[at + step * from++]!);
            left = more === undefined ? undefined : left * more;
          } else {
            if (into >= jEnd - j) return;
            const more = targets[to + step * into++]!.size;
            right = more === undefined ? undefined : right * more;
          }
        }
        if (left === undefined) return;
      }
      if (back) {
        groups.push({ from: range(iEnd - from, iEnd), to: range(jEnd - into, jEnd) });
        iEnd -= from;
        jEnd -= into;
      } else {
        groups.push({ from: range(i, i + from), to: range(j, j + into) });
        i += from;
        j += into;
      }
    }
  };
  walk(false);
  walk(true);
  if (i < iEnd || j < jEnd) groups.push({ from: range(i, iEnd), to: range(j, jEnd) });
  return groups;
}
