import { isRecord, shown } from '@secateur/input';
import { kindOf } from './check-layout.ts';
import { fileError } from './error.ts';
import type { GroupSet, Slice } from './types.ts';

/**
 * Reads a group file of the paper's original code, `{ "groups": [[{ "var_name", "multi", "axis", "start", "end" }]] }`.
 * There `axis` is the axis that is *summed over*, so `1` indexes rows and `0` columns of a rank-2 variable, and `end`
 * is exclusive. `multi` scales the squared sum and is 1 if missing. The sets are named `group0`, `group1`, and so on.
 *
 * @throws {@link GroupError} naming the group and the entry, if one is malformed or the entries of a group differ in
 * their number of components.
 *
 * @example
 * ```ts
 * import { readIssGroupFile } from '@secateur/groups';
 *
 * const columns = { var_name: 'lstm/kernel', axis: 0, start: 4, end: 7 };
 * const [set] = readIssGroupFile({ groups: [[columns]] });
 * [set!.name, set!.count]; // => ['group0', 3]
 * set!.slices; // => [{ weight: 'lstm/kernel', axis: 1, start: 4, multiplier: 1 }]
 * ```
 */
export function readIssGroupFile(json: unknown): GroupSet[] {
  const groups = isRecord(json) ? json['groups'] : undefined;
  if (!Array.isArray(groups) || groups.length === 0) {
    throw fileError(
      `readIssGroupFile: expected { "groups": [[entry, ...], ...] }, found ${isRecord(json) ? `the keys ${shown(Object.keys(json))}` : kindOf(json)}; pass the parsed JSON of a group file`,
    );
  }
  return groups.map((entries: unknown, index) => readGroup(entries, `group${index}`));
}

function readGroup(entries: unknown, name: string): GroupSet {
  if (!Array.isArray(entries) || entries.length === 0) {
    throw fileError(
      `readIssGroupFile: expected a list of entries as ${name}, found ${Array.isArray(entries) ? 'an empty list' : kindOf(entries)}`,
    );
  }
  let count: number | undefined;
  const slices = entries.map((entry: unknown, index): Slice => {
    const where = `readIssGroupFile: ${name}, entry ${index}`;
    const read = readEntry(entry, where);
    if (count !== undefined && read.count !== count) {
      throw fileError(
        `${where}: expected ${count} components as in the entries before, found ${read.count}; correct "start" or "end"`,
      );
    }
    count = read.count;
    return read.slice;
  });
  return { name, count: count!, slices };
}

function readEntry(entry: unknown, where: string): { slice: Slice; count: number } {
  if (!isRecord(entry)) {
    throw fileError(
      `${where}: expected an object with var_name, axis, start and end, found ${kindOf(entry)}`,
    );
  }
  const { var_name: weight, multi = 1, axis, start, end } = entry;
  if (typeof weight !== 'string' || weight === '') {
    throw fileError(`${where}: expected a variable's name as "var_name", found ${shown(weight)}`);
  }
  if (axis !== 0 && axis !== 1) {
    throw fileError(
      `${where}: expected "axis" 0 (summed rows, so columns are indexed) or 1 (rows are indexed), found ${shown(axis)}`,
    );
  }
  if (typeof multi !== 'number' || !Number.isFinite(multi) || multi <= 0) {
    throw fileError(`${where}: expected a number above 0 as "multi", found ${shown(multi)}`);
  }
  if (!isIndex(start) || !isIndex(end) || end <= start) {
    throw fileError(
      `${where}: expected whole numbers "start" below "end", found ${shown(start)} and ${shown(end)}`,
    );
  }
  return {
    slice: { weight, axis: axis === 1 ? 0 : 1, start, multiplier: multi },
    count: end - start,
  };
}

function isIndex(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
