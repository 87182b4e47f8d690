import {
  dispose,
  grads,
  matMul,
  memory,
  mul,
  sum,
  tensor,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import { useBackend } from '@secateur/backend';
import { expectAllClose, finiteDifference } from '@secateur/testing';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

let before = 0;
beforeAll(() => useBackend('wasm'));
beforeEach(() => {
  before = memory().numTensors;
});
afterEach(() => {
  expect(memory().numTensors).toBe(before);
});

/** Values that differ from place to place and sum without a trend. */
const wave = (size: number, phase: number): Float32Array =>
  Float32Array.from({ length: size }, (_, i) => Math.sin(i * 0.7 + phase));

/** `a [m, k]` times `b [k, n]` in float64; each operand may be stored transposed. */
function reference(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  [m, k, n]: readonly [number, number, number],
  transposeA: boolean,
  transposeB: boolean,
): Float64Array {
  const out = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      for (let l = 0; l < k; l++) {
        out[i * n + j]! +=
          a[transposeA ? l * m + i : i * k + l]! * b[transposeB ? j * k + l : l * n + j]!;
      }
    }
  }
  return out;
}

const flags = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
] as const;

describe('BatchMatMul', () => {
  test('multiplies by hand-computed values in every orientation', () => {
    // [[1, 2], [3, 4]] times [[5, 6], [7, 8]], padded to a size that takes the transposing path.
    const big = 32;
    tidy(() => {
      const a = new Float32Array(big * big);
      const b = new Float32Array(big * big);
      a.set([1, 2], 0);
      a.set([3, 4], big);
      b.set([5, 6], 0);
      b.set([7, 8], big);
      const corner = (transposeA: boolean, transposeB: boolean): number[] => {
        const out = matMul(
          tensor2d(a, [big, big]),
          tensor2d(b, [big, big]),
          transposeA,
          transposeB,
        ).dataSync();
        return [out[0]!, out[1]!, out[big]!, out[big + 1]!];
      };
      expect(corner(false, false)).toEqual([19, 22, 43, 50]);
      expect(corner(true, false)).toEqual([26, 30, 38, 44]);
      expect(corner(false, true)).toEqual([17, 23, 39, 53]);
      expect(corner(true, true)).toEqual([23, 31, 34, 46]);
    });
  });

  test('agrees with float64 on any shape and orientation', () => {
    const size = fc.integer({ min: 1, max: 70 });
    fc.assert(
      fc.property(
        fc.tuple(size, size, size),
        fc.constantFrom(...flags),
        (sizes, [transposeA, transposeB]) => {
          const [m, k, n] = sizes;
          tidy(() => {
            const a = wave(m * k, 0);
            const b = wave(k * n, 1);
            const out = matMul(
              tensor2d(a, transposeA ? [k, m] : [m, k]),
              tensor2d(b, transposeB ? [n, k] : [k, n]),
              transposeA,
              transposeB,
            );
            expect(out.shape).toEqual([m, n]);
            expectAllClose(out, reference(a, b, sizes, transposeA, transposeB), {
              rtol: 1e-4,
              atol: 1e-4,
            });
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  test('takes the same way round for few rows and for many', () => {
    for (const m of [1, 3, 200]) {
      const sizes = [m, 60, 90] as const;
      tidy(() => {
        const a = wave(m * 60, 0);
        const b = wave(60 * 90, 2);
        const out = matMul(tensor2d(a, [m, 60]), tensor2d(b, [90, 60]), false, true);
        expect(out.shape).toEqual([m, 90]);
        expectAllClose(out, reference(a, b, sizes, false, true), { rtol: 1e-4, atol: 1e-4 });
      });
    }
  });

  test('keeps batch axes, of size one and larger', () => {
    tidy(() => {
      const a = wave(40 * 30, 0);
      const b = wave(40 * 30, 1);
      const one = matMul(tensor(a, [1, 30, 40]), tensor(b, [1, 30, 40]), false, true);
      expect(one.shape).toEqual([1, 30, 30]);
      expectAllClose(one, reference(a, b, [30, 40, 30], false, true), { rtol: 1e-4, atol: 1e-4 });
      const two = matMul(tensor(a, [2, 30, 20]), tensor(b, [2, 30, 20]), true, false);
      expect(two.shape).toEqual([2, 20, 20]);
      const half = [a, b].map((all) => all.subarray(600)) as [Float32Array, Float32Array];
      expectAllClose(two.dataSync().subarray(400), reference(...half, [20, 30, 20], true, false), {
        rtol: 1e-4,
        atol: 1e-4,
      });
    });
  });

  test('gives both gradients of a product', () => {
    const [m, k, n] = [6, 40, 50];
    const a = wave(m * k, 0);
    const b = wave(k * n, 1);
    const c = wave(m * n, 2);
    const loss = (x: ArrayLike<number>, w: ArrayLike<number>): number =>
      reference(x, w, [m, k, n], false, false).reduce(
        (total, value, i) => total + value * c[i]!,
        0,
      );
    const [da, db] = tidy(() =>
      grads((x, w) => sum(mul(matMul(x, w), tensor2d(c, [m, n]))))([
        tensor2d(a, [m, k]),
        tensor2d(b, [k, n]),
      ]),
    );
    expectAllClose(
      da!,
      finiteDifference((x) => loss(x, b), Float64Array.from(a)),
      { rtol: 1e-3, atol: 1e-4 },
    );
    // A sample of the larger gradient is enough: its entries are all computed by one product.
    const sample = Float64Array.from(b.subarray(0, 100));
    const partial = finiteDifference((x) => loss(a, [...x, ...b.subarray(100)]), sample);
    expectAllClose(db!.dataSync().subarray(0, 100), partial, { rtol: 1e-3, atol: 1e-4 });
    dispose([da!, db!]);
  });

  test('is wrapped once, however often the backend is started', async () => {
    const { getKernel } = await import('@tensorflow/tfjs-core');
    const first = getKernel('BatchMatMul', 'wasm');
    await useBackend('cpu');
    await useBackend('wasm');
    expect(getKernel('BatchMatMul', 'wasm')).toBe(first);
  });

  test('frees what it allocates on the heap', () => {
    tidy(() => {
      const a = tensor2d(wave(100 * 90, 0), [100, 90]);
      const b = tensor2d(wave(100 * 90, 0), [100, 90]);
      const ids = memory().numDataBuffers;
      for (const [transposeA, transposeB] of flags.slice(1)) {
        if (transposeA && transposeB)
          matMul(
            a,
            b.shape[0] === 100 ? tensor2d(wave(9000, 0), [90, 100]) : b,
            true,
            true,
          ).dispose();
        else matMul(a, b, transposeA, transposeB).dispose();
      }
      expect(memory().numDataBuffers - ids).toBe(1);
    });
  });
});
