import { setFlagsFromString } from 'node:v8';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { backend, memory } from '@tensorflow/tfjs-core';
import { useBackend } from '@secateur/backend';
import '@secateur/backend-wasm';
import { moveMemoryUp } from '@secateur/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from 'vitest';
import { plain, relaxed } from '../../src/simd/binaries.js';
import { useBuild } from '../../src/simd/module.ts';

/** What a kernel runs as; `none` is an engine without SIMD: composed forms and TensorFlow.js's own kernels. */
export type Build = 'plain' | 'relaxed' | 'none';

// Node 20 has relaxed SIMD behind a flag; without the feature those tests are skipped.
const valid = (base64: string): boolean =>
  WebAssembly.validate(Uint8Array.from(Buffer.from(base64, 'base64')));
if (!valid(relaxed)) setFlagsFromString('--experimental-wasm-relaxed-simd');
const available: Record<Build, boolean> = {
  plain: valid(plain),
  relaxed: valid(relaxed),
  none: true,
};

/** The started WASM backend. */
export const wasm = (): BackendWasm => backend() as unknown as BackendWasm;

/** Runs `body` once for each build, and fails each test that leaves tensors behind. */
export function describeBuilds(name: string, body: (build: Build) => void): void {
  for (const build of ['plain', 'relaxed', 'none'] as const) {
    describe.skipIf(!available[build])(`${name} [${build}]`, () => {
      let before = [0, 0];
      const alive = (): number[] => [memory().numTensors, memory().numDataBuffers];
      beforeAll(async () => {
        await useBackend('wasm');
        moveMemoryUp();
        expect(useBuild(wasm(), build)).toBe(true);
      });
      afterAll(() => {
        useBuild(wasm(), undefined);
      });
      beforeEach(() => {
        before = alive();
      });
      afterEach(() => {
        expect(alive()).toEqual(before);
      });
      body(build);
    });
  }
}

/** Fills freed memory with numbers, so that what a kernel forgets to write is not zero by luck. */
export function soilMemory(): void {
  const { wasm: heap } = wasm() as unknown as {
    wasm: { HEAPF32: Float32Array; _malloc(bytes: number): number; _free(at: number): void };
  };
  const places = Array.from({ length: 40 }, (_, i) => [
    heap._malloc(64 << (i % 12)) >>> 0,
    16 << (i % 12),
  ]);
  for (const [at, count] of places) heap.HEAPF32.fill(7, at! / 4, at! / 4 + count!);
  for (const [at] of places) heap._free(at!);
}
