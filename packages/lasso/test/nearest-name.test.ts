import { expect, test } from 'vitest';
import { nearestName } from '../src/nearest-name.ts';

test('the nearest name is found quickly and given whole, however long the names are', () => {
  const long = 'x'.repeat(600_000);
  expect(nearestName(long, ['softmax', `l${long}`, 'lstm1'])).toBe(`l${long}`);
});
