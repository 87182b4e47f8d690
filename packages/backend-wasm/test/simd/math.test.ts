import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import asc from 'assemblyscript/asc';
import { beforeAll, describe, expect, test } from 'vitest';

const folder = join(import.meta.dirname, '../../assembly');

// The functions are inlined into kernels; a module of their own lets them be called on any number.
const entry = `
import { exp4, sigmoid4, tanh4 } from './math';
export function exponential(x: usize): void { v128.store(x, exp4(v128.load(x))); }
export function sigmoid(x: usize): void { v128.store(x, sigmoid4(v128.load(x))); }
export function tanh(x: usize): void { v128.store(x, tanh4(v128.load(x))); }
`;

type Functions = Record<'exponential' | 'sigmoid' | 'tanh', (x: number) => void>;

async function compile(features: string): Promise<Uint8Array<ArrayBuffer>> {
  let binary = new Uint8Array(0);
  const { error, stderr } = await asc.main(
    ['entry.ts', '--outFile', 'math.wasm', '-O3', '--runtime', 'stub', '--importMemory'].concat([
      '--enable',
      features,
    ]),
    {
      readFile: (name, base) => {
        if (name === 'entry.ts') return entry;
        const file = join(folder, base === '.' ? '' : base, name);
        return existsSync(file) ? readFileSync(file, 'utf8') : null;
      },
      writeFile: (_, contents) => {
        binary = new Uint8Array(contents as Uint8Array);
      },
      listFiles: () => [],
    },
  );
  if (error) throw new Error(stderr.toString());
  return binary;
}

/** Units in the last place of a float32 between what was found and the exact value. */
function ulps(actual: number, exact: number): number {
  if (Object.is(actual, exact) || actual === exact) return 0;
  const exponent = Math.max(-126, Math.floor(Math.log2(Math.abs(exact))));
  return Math.abs(actual - exact) / 2 ** (exponent - 23);
}

describe.each(['simd', 'simd,relaxed-simd'])(
  'exp, sigmoid and tanh in four lanes [%s]',
  (features) => {
    let functions: Functions;
    const memory = new WebAssembly.Memory({ initial: 1 });
    const lanes = new Float32Array(memory.buffer, 0, 4);
    beforeAll(async () => {
      const binary = await compile(features);
      if (!WebAssembly.validate(binary)) setFlagsFromString('--experimental-wasm-relaxed-simd');
      const { instance } = await WebAssembly.instantiate(binary, { env: { memory } });
      functions = instance.exports as unknown as Functions;
    });

    const of = (name: keyof Functions, x: number): number => {
      // Another number in every other lane: none may look at its neighbours.
      lanes.set([x, 1, NaN, -200]);
      functions[name](0);
      return lanes[0]!;
    };

    const exact: Record<keyof Functions, (x: number) => number> = {
      exponential: Math.exp,
      sigmoid: (x) => 1 / (1 + Math.exp(-x)),
      tanh: Math.tanh,
    };

    test.each([
      ['exponential', -87.3, 88.3, 2],
      ['sigmoid', -80, 30, 3],
      ['tanh', -12, 12, 5],
      ['tanh', -0.4, 0.4, 5],
      ['tanh', -1e-3, 1e-3, 1],
      ['exponential', -0.4, 0.4, 1.5],
    ] as const)(
      '%s from %f to %f is right to %f units in the last place',
      (name, from, to, bound) => {
        let [worst, at] = [0, 0];
        const count = 40_000;
        for (let i = 0; i <= count; i++) {
          const x = Math.fround(from + ((to - from) * i) / count);
          const error = ulps(of(name, x), exact[name](x));
          if (!(error <= worst)) [worst, at] = [error, x];
        }
        expect(worst, `${name}(${at})`).toBeLessThanOrEqual(bound);
      },
    );

    test('keep to their limits far out, and infinities', () => {
      for (const x of [-1e38, -Infinity, -88, -1000]) {
        expect(of('exponential', x)).toBeGreaterThanOrEqual(0);
        expect(of('exponential', x)).toBeLessThan(1.3e-38);
        expect(of('sigmoid', x)).toBeGreaterThanOrEqual(0);
        expect(of('sigmoid', x)).toBeLessThan(1e-37);
        expect(of('tanh', x)).toBe(-1);
      }
      for (const x of [1e38, Infinity, 89, 1000]) {
        expect(of('exponential', x)).toBeGreaterThan(2e38);
        expect(of('sigmoid', x)).toBe(1);
        expect(of('tanh', x)).toBe(1);
      }
    });

    test('keep NaN, and are exact at zero', () => {
      for (const name of ['exponential', 'sigmoid', 'tanh'] as const)
        expect(of(name, NaN)).toBeNaN();
      expect(of('exponential', 0)).toBe(1);
      expect(of('sigmoid', 0)).toBe(0.5);
      expect(of('tanh', 0)).toBe(0);
      expect(of('tanh', 1e-40)).toBe(Math.fround(1e-40));
    });

    test('are odd or add up to one', () => {
      for (let x = 0.01; x < 20; x *= 1.07) {
        expect(of('tanh', -x)).toBeCloseTo(-of('tanh', x), 6);
        expect(of('sigmoid', x) + of('sigmoid', -x)).toBeCloseTo(1, 6);
      }
    });
  },
);
