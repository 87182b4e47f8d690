import { getBackend } from '@tensorflow/tfjs-core';
import { describe as describeCurrent, useBackend } from '@secateur/backend';
import { registerDriver } from '@secateur/backend/kernels';
import { expect, test, vi } from 'vitest';
import { withoutPackages } from './absent-packages.ts';

withoutPackages();

// The first test needs a process in which TensorFlow.js has not loaded its WASM module.
test('two calls at once both get the best backend that starts, also the first time', async () => {
  const both = await Promise.all([useBackend(), useBackend()]);
  expect(both.map(({ name }) => name)).toEqual(['wasm', 'wasm']);
  expect(getBackend()).toBe('wasm');
});

test('of different backends at once each call gets its own, and the last stays in charge', async () => {
  const names = ['cpu', 'wasm', 'cpu'] as const;
  const started = await Promise.all(names.map((name) => useBackend(name)));
  expect(started.map(({ name }) => name)).toEqual(names);
  expect(getBackend()).toBe('cpu');
  expect(describeCurrent()).toBe(started.at(-1));
});

test('a call that fails does not hold up the next', async () => {
  const [failed, wrong, last] = await Promise.allSettled([
    useBackend('webgpu'),
    useBackend('cuda' as 'cpu'),
    useBackend('wasm'),
  ]);
  expect([failed.status, wrong.status, last.status]).toEqual(['rejected', 'rejected', 'fulfilled']);
  expect(getBackend()).toBe('wasm');
});

test('starts do not overlap, also those of another copy of the package', async () => {
  vi.resetModules();
  const copy = await import('@secateur/backend');
  expect(copy.useBackend).not.toBe(useBackend);
  const events: string[] = [];
  let calls = 0;
  registerDriver({
    ...{ name: 'webgpu', module: 'fake' },
    probe: () => Promise.resolve({ available: true, reason: 'fine' }),
    async start() {
      const call = ++calls;
      events.push(`start ${call}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      events.push(`end ${call}`);
    },
  });
  // The fake starts nothing, so that the calls fail once it is done.
  await Promise.allSettled([useBackend('webgpu'), copy.useBackend('webgpu'), useBackend('webgpu')]);
  expect(events).toEqual([1, 2, 3].flatMap((call) => [`start ${call}`, `end ${call}`]));
});

test('a start that never ends holds up the next for a while only', async () => {
  registerDriver({
    ...{ name: 'webgpu', module: 'fake' },
    probe: () => new Promise(() => undefined),
    start: () => Promise.resolve(),
  });
  vi.useFakeTimers();
  void useBackend('webgpu');
  const next = useBackend('cpu');
  await vi.advanceTimersByTimeAsync(20_000);
  vi.useRealTimers();
  expect((await next).name).toBe('cpu');
});
