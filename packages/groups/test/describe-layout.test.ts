import { stackedLstmLayout } from '@secateur/testing';
import { describe, expect, test } from 'vitest';
import {
  describeGroups,
  describeLayout,
  issGroups,
  layoutShapes,
  parseLayout,
} from '../src/index.ts';

describe('describeLayout', () => {
  test('shows sizes, group sizes and totals of the paper model', () => {
    const text = describeLayout(
      stackedLstmLayout({ vocab: 10_000, embed: 1500, hidden: [1500, 1500] }),
    );
    const lines = text.split('\n').map((line) => line.split(/ {2,}/));
    expect(lines[0]).toEqual(['dimension', 'size', 'group size']);
    expect(lines[1]).toEqual(['vocab', '10,000', '-']);
    expect(lines[3]).toEqual(['h1', '1,500', '24,000']);
    expect(lines[4]).toEqual(['h2', '1,500', '28,000']);
    expect(lines).toContainEqual([
      'lstm1/kernel',
      'embed -> 4*h1',
      '1500 x 6000',
      '9,000,000',
      '9,000,000',
    ]);
    expect(lines).toContainEqual([
      'embedding',
      'vocab -> embed [lookup]',
      '10000 x 1500',
      '15,000,000',
      '0',
    ]);
    expect(lines).toContainEqual(['total', '66,022,000', '51,000,000']);
  });

  test('says when a recurrent dimension is not penalized, and shows scalars', () => {
    const text = describeLayout(parseLayout('dims h = 2\nw h -> h [unpenalized]\ns ->'));
    expect(text).toMatch(/^h +2 +unpenalized$/m);
    expect(text).toMatch(/^s +-> +scalar +1 +0$/m);
  });
});

test('a dimension that a frozen weight reads is described, and has no group', () => {
  const layout = parseLayout('dims h = 3\nrnn h -> 4*h\nhead h -> 5 [frozen]');
  const text = describeLayout(layout);
  expect(text).toMatch(/^h +3 +frozen$/m);
  expect(text).toMatch(/^head +h -> 5 \[frozen\] +3 x 5 +15 +15$/m);
  expect(issGroups(layout)).toEqual([]);
});

describe('describeGroups', () => {
  test('shows where component k lives', () => {
    const layout = parseLayout('dims h = 2\nkernel 3 -> 2*h\nrecurrent h -> 2*h');
    const lines = describeGroups(issGroups(layout), layoutShapes(layout)).split('\n');
    expect(lines.map((line) => line.trim().replace(/ {2,}/g, ' | '))).toEqual([
      'group set | components | group size | component k',
      'h | 2 | 14 | kernel [:, k], [:, 2 + k]',
      'recurrent [k, :]',
      'recurrent [:, k], [:, 2 + k]',
      '',
    ]);
  });

  test('refuses groups that do not fit the shapes', () => {
    const sets = issGroups(parseLayout('dims h = 2\nw h -> h'));
    expect(() => describeGroups(sets, { v: [2, 2] })).toThrow(
      'describeGroups: expected a shape for "w" of group set "h", found none; did you mean "v"?',
    );
  });
});
