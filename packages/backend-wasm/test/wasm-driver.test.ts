import { existsSync } from 'node:fs';
import {
  engine,
  gather,
  grad,
  memory,
  sum,
  tensor1d,
  tensor2d,
  type Tensor2D,
  tidy,
  type Tensor1D,
} from '@tensorflow/tfjs-core';
import { useBackend } from '@secateur/backend';
import { wasmDriver } from '@secateur/backend-wasm';
import { expectAllClose } from '@secateur/testing';
import { describe, expect, test } from 'vitest';
import { binaryFolder } from '../src/binary-folder.ts';

describe('wasmDriver', () => {
  test('is available and names its package', async () => {
    expect(wasmDriver.module).toBe('@secateur/backend-wasm');
    expect(await wasmDriver.probe()).toEqual({
      available: true,
      reason: 'WebAssembly on the CPU, with SIMD where the engine has it',
    });
    expect(await wasmDriver.versions?.()).toEqual({ '@tensorflow/tfjs-backend-wasm': '4.22.0' });
  });

  test('takes the folder of the binaries as an option, and starts more than once', async () => {
    const binaries = binaryFolder()!;
    expect((await useBackend('wasm', { binaries })).name).toBe('wasm');
    expect((await useBackend('wasm')).name).toBe('wasm');
  });

  test('trains an embedding', async () => {
    await useBackend('wasm');
    const before = memory().numTensors;
    tidy(() => {
      const ids = tensor1d([1, 1, 0], 'int32');
      const slope = grad((table) => sum(gather(table, ids)))(tensor2d([1, 2, 3, 4, 5, 6], [3, 2]));
      expectAllClose(slope, [1, 1, 2, 2, 0, 0]);
    });
    expect(memory().numTensors).toBe(before);
  });

  test('keeps the sums right when the heap grows while a kernel runs', async () => {
    await useBackend('wasm');
    // A result of 64 MiB cannot fit the 16 MiB that the heap starts with, so allocating it moves every earlier view.
    tidy(() => {
      const ids = tensor1d([3, 3], 'int32');
      const x = tensor2d([1, 2, 3, 4], [2, 2]);
      const out = engine().runKernel(
        'UnsortedSegmentSum',
        { x, segmentIds: ids },
        { numSegments: 1 << 23 },
      ) as Tensor2D;
      expect(Array.from(out.dataSync().subarray(4, 10))).toEqual([0, 0, 4, 6, 0, 0]);
    });
  });

  test('sums squares in one pass over the heap', async () => {
    await useBackend('wasm');
    tidy(() => {
      const x = tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
      const [rows, columns] = engine().runKernel(
        'GroupSquaredNorms',
        { x },
        { axes: [0, 1] },
      ) as unknown as Tensor1D[];
      expectAllClose(rows!, [14, 77]);
      expectAllClose(columns!, [17, 29, 45]);
    });
  });
});

describe('binaryFolder', () => {
  test('is where the three binaries are', () => {
    const folder = binaryFolder()!;
    for (const file of ['', '-simd', '-threaded-simd']) {
      expect(existsSync(`${folder}tfjs-backend-wasm${file}.wasm`)).toBe(true);
    }
  });
});
