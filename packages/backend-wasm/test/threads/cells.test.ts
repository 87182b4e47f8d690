import { dispose, tidy } from '@tensorflow/tfjs-core';
import { useBackend } from '@secateur/backend';
import '@secateur/backend-wasm';
import { cellsToTry, cellValues } from '@secateur/testing';
import { afterAll, expect, test } from 'vitest';
import { backward, forward } from '../cell-calls.ts';

// The memory is shared from the first start on only when threads are asked for.
await useBackend('wasm', { threads: 3 });
afterAll(() => useBackend('wasm', { threads: 1 }));

test.each(cellsToTry)(
  '$name has the same bits whatever the number of threads',
  async ({ cell }) => {
    for (const [batch, time, units] of [
      [20, 4, 130],
      [2, 3, 301],
      [64, 3, 65],
      [1, 1, 700],
    ] as const) {
      const values = cellValues(cell, { batch, time, input: 33, units });
      const found: Buffer[][] = [];
      for (const threads of [1, 2, 3, 1]) {
        const { features } = await useBackend('wasm', { threads });
        expect(features['threads']).toBe(threads);
        // Again and again: who takes which chunk differs from time to time.
        for (let round = 0; round < 3; round++) {
          const tensors = tidy(() => [...forward(cell, values), ...backward(cell, values)]);
          found.push(tensors.map((each) => Buffer.from(each.dataSync().slice().buffer)));
          dispose(tensors);
        }
      }
      for (const other of found.slice(1))
        other.forEach((bytes, k) => {
          expect(bytes.equals(found[0]![k]!)).toBe(true);
        });
    }
  },
);
