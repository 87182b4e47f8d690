import { describe, expect, test } from 'vitest';
import { describeGroups, GroupError, groupSize, readIssGroupFile } from '../src/index.ts';

const H = 100;

interface Entry {
  var_name: string;
  multi: number;
  axis: number;
  start: number;
  end: number;
}

const entry = (name: string, axis: number, start: number): Entry => ({
  var_name: name,
  multi: 1,
  axis,
  start,
  end: start + H,
});
const directions = ['fw', 'bw'];
const variable = (layer: string, d: number): string => `main/${layer}/${directions[d]!}/weights`;

/** The groups that section 1.2 of our notes describes for BiDAF: own row, own columns, rows of the consumers. */
function bidafGroups(): Entry[][] {
  const own = (layer: string, d: number, rows: number): Entry[] => [
    entry(variable(layer, d), 1, rows),
    ...[0, 1, 2, 3].map((gate) => entry(variable(layer, d), 0, gate * H)),
  ];
  const both = (layer: string, start: number): Entry[] =>
    [0, 1].map((d) => entry(variable(layer, d), 1, start));
  const groups: Entry[][] = [];
  for (const d of [0, 1]) groups.push([...own('g0', d, 8 * H), ...both('g1', d * H)]);
  for (const d of [0, 1]) {
    groups.push([
      ...own('g1', d, 2 * H),
      entry('main/logits1/weights', 1, d * H),
      ...both('g2', 8 * H + d * H),
      ...both('g2', 12 * H + d * H),
    ]);
  }
  for (const d of [0, 1]) {
    groups.push([...own('g2', d, 14 * H), entry('main/logits2/weights', 1, d * H)]);
  }
  return groups;
}

const shapes: Record<string, number[]> = {
  'main/logits1/weights': [10 * H, 1],
  'main/logits2/weights': [10 * H, 1],
};
for (const d of [0, 1]) {
  shapes[variable('g0', d)] = [9 * H, 4 * H];
  shapes[variable('g1', d)] = [3 * H, 4 * H];
  shapes[variable('g2', d)] = [15 * H, 4 * H];
}

describe('readIssGroupFile', () => {
  test('gives the six group sizes of the paper for BiDAF', () => {
    const sets = readIssGroupFile({ groups: bidafGroups() });
    expect(sets.map(({ name, count }) => [name, count])).toEqual(
      [0, 1, 2, 3, 4, 5].map((i) => [`group${i}`, H]),
    );
    const sizes = sets.map((set) => groupSize(set, shapes));
    expect(sizes).toEqual([4800, 4800, 3201, 3201, 6401, 6401]);
  });

  test('indexes rows for axis 1 and columns for axis 0, and keeps the multiplier', () => {
    const [set] = readIssGroupFile({
      groups: [
        [
          { var_name: 'w', multi: 1.5, axis: 1, start: 3, end: 5 },
          { var_name: 'w', axis: 0, start: 0, end: 2 },
        ],
      ],
    });
    expect(set).toEqual({
      name: 'group0',
      count: 2,
      slices: [
        { weight: 'w', axis: 0, start: 3, multiplier: 1.5 },
        { weight: 'w', axis: 1, start: 0, multiplier: 1 },
      ],
    });
    expect(describeGroups([set!], { w: [5, 2] })).toContain('w [3 + k, :] x 1.5');
  });

  const good = entry('w', 1, 0);
  test.each<[string, unknown, string]>([
    [
      'a list',
      [],
      'readIssGroupFile: expected { "groups": [[entry, ...], ...] }, found a list; pass the parsed JSON of a group file',
    ],
    ['other keys', { group: [] }, 'found the keys ["group"]'],
    [
      'an empty group',
      { groups: [[]] },
      'expected a list of entries as group0, found an empty list',
    ],
    ['a group that is no list', { groups: [{}] }, 'as group0, found another object'],
    [
      'an entry that is no object',
      { groups: [[3]] },
      'readIssGroupFile: group0, entry 0: expected an object with var_name, axis, start and end, found number',
    ],
    [
      'no name',
      { groups: [[{ ...good, var_name: undefined }]] },
      'expected a variable\'s name as "var_name", found nothing',
    ],
    [
      'an axis beyond 1',
      { groups: [[good, { ...good, axis: 2 }]] },
      'group0, entry 1: expected "axis" 0 (summed rows, so columns are indexed) or 1 (rows are indexed), found 2',
    ],
    [
      'a multiplier of nought',
      { groups: [[{ ...good, multi: 0 }]] },
      'expected a number above 0 as "multi", found 0',
    ],
    [
      'an empty range',
      { groups: [[{ ...good, end: 0 }]] },
      'expected whole numbers "start" below "end", found 0 and 0',
    ],
    [
      'ranges of different length',
      { groups: [[good, { ...good, end: 50 }]] },
      'group0, entry 1: expected 100 components as in the entries before, found 50; correct "start" or "end"',
    ],
  ])('refuses %s', (_, json, message) => {
    expect(() => readIssGroupFile(json)).toThrow(GroupError);
    expect(() => readIssGroupFile(json)).toThrow(message);
  });
});
