import { allIndices, layoutLeft } from '@secateur/app';
import { stackedLstmLayout } from '@secateur/testing';
import { expect, test } from 'vitest';

test('a layout is left by the components that are', () => {
  const layout = stackedLstmLayout({ vocab: 5, embed: 2, hidden: [4, 3] });
  const first = allIndices(layout);
  expect(first).toEqual({ h1: [0, 1, 2, 3], h2: [0, 1, 2] });
  expect(allIndices(layout, ['embed'])).toEqual({ embed: [0, 1] });
  expect(layoutLeft(layout, { ...first, h1: [1, 3] }).dims).toMatchObject({ h1: 2, h2: 3 });
});
