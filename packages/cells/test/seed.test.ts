import { CellError, foldSeed } from '@secateur/cells';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const low = 0xffffffffn;

/** MurmurHash3's finalizer as its author wrote it, in whole numbers without bounds. */
function fmix32(value: bigint): bigint {
  let h = value & low;
  h ^= h >> 16n;
  h = (h * 0x85ebca6bn) & low;
  h ^= h >> 13n;
  h = (h * 0xc2b2ae35n) & low;
  return h ^ (h >> 16n);
}

/** FNV-1a with one step for each UTF-16 code unit. */
function fnv1a(text: string): bigint {
  let hash = 0x811c9dc5n;
  for (const unit of text.split('')) {
    hash = ((hash ^ BigInt(unit.charCodeAt(0))) * 0x01000193n) & low;
  }
  return hash;
}

function referenceSeed(seed: number, ...parts: readonly (number | string)[]): number {
  let hash = 0x9e3779b9n;
  for (const part of [seed, ...parts]) {
    const value = typeof part === 'string' ? fnv1a(part) : BigInt(part);
    const high = value >> 32n;
    if (high !== 0n) hash = fmix32(hash ^ BigInt.asUintN(32, high));
    hash = fmix32((hash + 0x9e3779b9n) ^ BigInt.asUintN(32, value));
  }
  return Number(hash);
}

describe('the reference', () => {
  test('has the published values of both hashes', () => {
    expect(fmix32(0n)).toBe(0n);
    expect(fmix32(1n)).toBe(0x514e28b7n);
    expect(fnv1a('')).toBe(0x811c9dc5n);
    expect(fnv1a('a')).toBe(0xe40c292cn);
    expect(fnv1a('foobar')).toBe(0xbf9cf968n);
  });
});

describe('foldSeed', () => {
  const whole = fc.oneof(fc.maxSafeInteger(), fc.integer());

  test('is the hash that its docstring names, of whole numbers and names', () => {
    const names = fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units));
    const parts = fc.array(fc.oneof(whole, names), { maxLength: 5 });
    fc.assert(
      fc.property(whole, parts, (seed, rest) => {
        expect(foldSeed(seed, ...rest)).toBe(referenceSeed(seed, ...rest));
      }),
    );
  });

  test('never repeats over the steps of a run', () => {
    const seeds = new Set(
      Array.from({ length: 50_000 }, (_, step) => foldSeed(42, 'dropout', step)),
    );
    expect(seeds.size).toBe(50_000);
  });

  test('keeps seeds, layers and steps apart', () => {
    const seeds = new Set<number>();
    for (let seed = -8; seed < 8; seed++) {
      for (let step = 0; step < 16; step++) {
        for (let layer = 0; layer < 16; layer++) seeds.add(foldSeed(seed, layer, step));
      }
    }
    // Of 4,096 draws from 2^32, two agree with a probability of 0.2%; these are fixed and do not.
    expect(seeds.size).toBe(4096);
  });

  test('keeps orders, counts of parts, joined names and high halves apart', () => {
    const seeds = [
      foldSeed(1),
      foldSeed(1, 0),
      foldSeed(1, 0, 0),
      foldSeed(1, 0, 1),
      foldSeed(1, 1, 0),
      foldSeed(2, 0, 1),
      foldSeed(1, ''),
      foldSeed(1, 'ab'),
      foldSeed(1, 'a', 'b'),
      foldSeed(1, 'ba'),
      foldSeed(1, 2 ** 32),
      foldSeed(1 + 2 ** 32),
      foldSeed(-1),
      foldSeed(2 ** 32 - 1),
    ];
    expect(new Set(seeds).size).toBe(seeds.length);
  });

  test('spreads every bit evenly', () => {
    const n = 4096;
    for (let bit = 0; bit < 32; bit++) {
      let ones = 0;
      for (let step = 0; step < n; step++) ones += (foldSeed(7, step) >>> bit) & 1;
      // Six standard deviations of a fair coin.
      expect(Math.abs(ones - n / 2)).toBeLessThan(6 * Math.sqrt(n / 4));
    }
  });

  test('refuses numbers that are not whole', () => {
    expect(() => foldSeed(0.5)).toThrow(CellError);
    expect(() => foldSeed(0.5)).toThrow(expect.objectContaining({ code: 'argument' }));
    expect(() => foldSeed(0, 'data', NaN)).toThrow(
      'foldSeed: expected whole numbers or names, found NaN; round it, or pass a name in quotes.',
    );
    expect(() => foldSeed(0, 2 ** 53)).toThrow('found 9007199254740992');
  });
});
