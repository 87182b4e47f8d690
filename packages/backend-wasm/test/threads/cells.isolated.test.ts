import { tidy } from '@tensorflow/tfjs-core';
import { useBackend } from '@secateur/backend';
import '@secateur/backend-wasm';
import { cellsToTry, cellValues } from '@secateur/testing';
import { afterAll, expect, test } from 'vitest';
import { backward, forward } from '../cell-calls.ts';
import { bitsByThreads } from './bits-by-threads.ts';

// The memory is shared from the first start on only when threads are asked for.
await useBackend('wasm', { threads: 3 });
afterAll(() => useBackend('wasm', { threads: 1 }));

test.each(cellsToTry)(
  '$name has the same bits whatever the number of threads',
  async ({ cell }) => {
    for (const [batch, time, input, units] of [
      [20, 4, 33, 130],
      [2, 3, 33, 301],
      [64, 3, 33, 65],
      [1, 1, 33, 700],
      [1, 3, 300, 401],
      [5, 3, 700, 9],
      [64, 2, 16, 64],
    ] as const) {
      const values = cellValues(cell, { batch, time, input, units });
      const bits = await bitsByThreads(() =>
        tidy(() => [...forward(cell, values), ...backward(cell, values)]),
      );
      expect(new Set(bits).size).toBe(1);
    }
  },
);
