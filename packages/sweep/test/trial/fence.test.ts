import { testFolder } from '@secateur/testing/folders';
import { expect, test } from 'vitest';
import { openStore } from '../../src/store/open-store.ts';
import { fence } from '../../src/trial/fence.ts';
import { attemptPrefix } from '../../src/trial/keys.ts';

const first = { number: 1, name: '0001-aaaaaa' };
const second = { number: 2, name: '0002-bbbbbb' };

test('lets the newest attempt write, no older one, and none that the store does not know any more', async () => {
  const folder = testFolder();
  const store = openStore(folder);
  const began = (name: string): string => `${attemptPrefix('a-1', name)}began.json`;
  await store.write(began(first.name), new Uint8Array());
  expect(await fence(store, 'a-1', first)).toBeUndefined();
  await store.write(began(second.name), new Uint8Array());
  expect(await fence(store, 'a-1', second)).toBeUndefined();
  expect(await fence(store, 'a-1', first)).toMatchObject({ status: 'superseded' });
  // As an unmounted share leaves its folder: it would take the result, and nobody would find it.
  await store.remove(began(first.name));
  await store.remove(began(second.name));
  await expect(fence(store, 'a-1', second)).rejects.toMatchObject({
    code: 'store',
    message: `store: expected the attempt 0002-bbbbbb at a-1 in ${store.url}, where it began, found nothing of it; is the folder still mounted, or was the trial removed?`,
  });
});
