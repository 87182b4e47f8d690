import { chooseOrigins, firstOrigins } from '@secateur/app';
import { stackedLstmLayout } from '@secateur/testing';
import { expect, test } from 'vitest';

test('components keep their first numbers over two compactions', () => {
  const layout = stackedLstmLayout({ vocab: 5, embed: 2, hidden: [4, 3] });
  const first = firstOrigins(layout);
  expect(first).toEqual({ h1: [0, 1, 2, 3], h2: [0, 1, 2] });
  const second = chooseOrigins(first, { h1: [1, 3] });
  expect(second).toEqual({ h1: [1, 3], h2: [0, 1, 2] });
  expect(chooseOrigins(second, { h1: [1], h2: [0, 2] })).toEqual({ h1: [3], h2: [0, 2] });
});
