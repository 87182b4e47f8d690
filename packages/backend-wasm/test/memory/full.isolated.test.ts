import {
  add,
  conv2d,
  cumsum,
  depthwiseConv2d,
  engine,
  ones,
  prelu,
  sigmoid,
  softmax,
  split,
  tensor,
  tensor1d,
  tidy,
  topk,
  transpose,
  util,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { BackendError, useBackend } from '@secateur/backend';
import '@secateur/backend-wasm';
import { bitsOf, floats } from '@secateur/testing';
import { beforeAll, expect, test } from 'vitest';
import { simdOf } from '../../src/simd/module.ts';
import { wasm } from '../simd/builds.ts';

const MiB = 2 ** 20;

/** A tensor whose memory is taken and not written to, so that gibibytes of them cost addresses only. */
const untouched = (bytes: number): Tensor1D =>
  engine().makeTensorFromTensorInfo(wasm().makeOutput([bytes / 4], 'float32')) as Tensor1D;

/** Takes memory in pieces until there is none for another. */
function fill(pieces: readonly number[], taken: Tensor[] = []): Tensor[] {
  for (const bytes of pieces) {
    expect(() => {
      for (;;) taken.push(untouched(bytes));
    }).toThrow(expect.objectContaining({ code: 'memory' }));
  }
  return taken;
}

beforeAll(async () => {
  await useBackend('wasm');
});

test('a tensor without room is refused, says why, and costs nothing', () => {
  const small = tensor1d([1, 2, 3]);
  const taken = fill([1024 * MiB]);
  expect(taken.length).toBe(3);
  const before = [wasm().numDataIds(), engine().state.numTensors];
  expect(() => untouched(1024 * MiB)).toThrow(
    /^wasm: expected room for 1073741824 bytes, found none in a memory of \d+ bytes, 32212\d{5} of them in tensors; it can have 4294901760, so dispose of tensors/,
  );
  expect([wasm().numDataIds(), engine().state.numTensors]).toEqual(before);
  expect([...small.dataSync()]).toEqual([1, 2, 3]);
  taken.pop()!.dispose();
  taken.push(untouched(1024 * MiB));
  for (const each of [small, ...taken]) each.dispose();
});

test('more than an address can say is refused, not cut to the rest', () => {
  expect(() => untouched(2 ** 32 + 16)).toThrow('expected room for 4294967312 bytes');
  expect(() => simdOf(wasm())!.withScratch(2 ** 32 + 16, () => 0)).toThrow(BackendError);
});

test('what a kernel had made before it found no room is given back', () => {
  const x = untouched(192 * MiB);
  const taken = fill([1024 * MiB, 64 * MiB]);
  taken.pop()!.dispose();
  const before = wasm().numDataIds();
  // A quarter has room, all four have not.
  expect(() => split(x, 4)).toThrow(BackendError);
  expect(wasm().numDataIds()).toBe(before);
  taken.push(untouched(64 * MiB));
  for (const each of [x, ...taken]) each.dispose();
});

test('data that find no room when they come from another backend stay there', async () => {
  await useBackend('cpu');
  const x = ones([6 * MiB]);
  await useBackend('wasm');
  const taken = fill([1024 * MiB, 16 * MiB]);
  expect(() => add(x, 1)).toThrow(BackendError);
  expect(() => add(x, 1)).toThrow(BackendError);
  expect((await x.data()).every((value) => value === 1)).toBe(true);
  for (const each of taken) each.dispose();
  tidy(() => {
    expect(add(x, 1).dataSync().at(-1)).toBe(2);
  });
  x.dispose();
});

test('no tensors overlap, and what stock kernels take inside has room when their results have', () => {
  const made = (shape: number[], seed: number): Tensor =>
    tensor(floats(util.sizeFromShape(shape), seed), shape);
  const [matrix, picture] = [made([128, 128], 1), made([1, 32, 32, 8], 2) as Tensor4D];
  const filters = [made([5, 5, 8, 16], 3), made([3, 3, 8, 4], 4)] as Tensor4D[];
  const slopes = made([128], 5);
  const results = (): number[][] =>
    tidy(() =>
      [
        conv2d(picture, filters[0]!, 1, 'same'),
        depthwiseConv2d(picture, filters[1]!, 1, 'same'),
        transpose(matrix),
        prelu(matrix, slopes),
        softmax(matrix),
        sigmoid(matrix),
        add(matrix, slopes),
        cumsum(matrix, 0),
        topk(matrix, 4).values,
      ].map(bitsOf),
    );
  const before = results();
  const sizes = Array.from({ length: 29 }, (_, i) => 2 ** (30 - i));
  const taken = [untouched(32 * MiB), ...fill(sizes)];
  const places = taken
    .map(({ dataId, size }) => [wasm().getMemoryOffset(dataId), 4 * size] as const)
    .sort(([a], [b]) => a - b);
  places.reduce((end, [start, bytes]) => {
    expect(start).toBeGreaterThanOrEqual(end);
    return start + bytes;
  }, 0);
  taken.shift()!.dispose();
  expect(results()).toEqual(before);
  for (const each of [matrix, picture, ...filters, slopes, ...taken]) each.dispose();
});
