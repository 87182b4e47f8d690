import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { figureOf } from '../../src/search/figure.ts';
import { findWork, type FindOptions } from '../../src/search/find.ts';
import { trainFront } from '../../src/search/front.ts';
import type { Scan } from '../../src/search/scan.ts';
import { groupSeeds, nonDominated, type Trained } from '../../src/search/trade-off.ts';
import type { TrialSpec } from '../../src/spec/trial-spec.ts';
import { specOf } from '../spec-of.ts';

/** A sweep over lambda whose trainings are two functions of lambda and the seed. */
function scanOf(
  work: (lambda: number, seed: number) => number,
  quality: (lambda: number, seed: number) => number,
  seeds = [1],
): Scan & { readonly asked: number[] } {
  const asked: number[] = [];
  const trained = (spec: TrialSpec): Trained => {
    const { lambda, seed } = spec.settings as { lambda: number; seed: number };
    asked.push(lambda);
    return { spec, result: { work: work(lambda, seed), quality: quality(lambda, seed) } };
  };
  return {
    setting: 'lambda',
    scale: 'log',
    specs: (lambda) => seeds.map((seed) => specOf({ lambda, seed })),
    run: (specs) => Promise.resolve(specs.map(trained)),
    work: 'work',
    quality: { key: 'quality', better: 'lower' },
    asked,
  };
}

describe('figureOf', () => {
  const result = { pruned: { perplexity: { valid: 120, test: 114.5 } }, sample: 'the' };

  it('reads a number', () => {
    expect(figureOf(result, 'pruned.perplexity.test')).toBe(114.5);
  });

  it.each([
    [
      'pruned.perplexity.tset',
      'figure: expected tset of pruned.perplexity.tset in pruned.perplexity, found ["valid","test"]; correct the key in the sweep, to pruned.perplexity.test?',
    ],
    [
      'sample.length',
      'figure: expected length of sample.length in sample, found "the"; correct the key in the sweep.',
    ],
    [
      'pruned',
      'figure: expected a number at pruned of the result, found {"perplexity":{"valid":120,"test":114.5}}; name a number in the sweep.',
    ],
    ['constructor', /found \["pruned","sample"\]/],
  ])('says what is there instead of %s', (key, message) => {
    expect(() => figureOf(result, key)).toThrow(message);
  });
});

describe('nonDominated', () => {
  const beats = (
    a: { work: number; quality: number },
    b: { work: number; quality: number },
    sign: number,
  ): boolean =>
    a.work <= b.work &&
    sign * a.quality <= sign * b.quality &&
    (a.work < b.work || a.quality !== b.quality);

  it('keeps exactly the points that no other beats', () => {
    const points = fc.array(
      fc.record({ work: fc.integer({ min: 1, max: 9 }), quality: fc.integer({ min: 1, max: 9 }) }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(points, fc.constantFrom('lower' as const, 'higher' as const), (all, better) => {
        const sign = better === 'lower' ? 1 : -1;
        const expected = all.filter((point) => !all.some((other) => beats(other, point, sign)));
        const found = nonDominated(all, better);
        expect(new Set(found)).toEqual(new Set(expected));
        expect(found.length).toBe(expected.length);
      }),
    );
  });
});

it('seeds make a mean and a spread', () => {
  const trial = (lambda: number, seed: number, quality: number): Trained => ({
    spec: specOf({ lambda, seed }),
    result: { work: 10 * seed, quality },
  });
  const groups = groupSeeds(
    [
      trial(0.1, 1, 4),
      trial(0.2, 1, 9),
      { spec: specOf({ lambda: 0.2, seed: 2 }), message: 'diverged' },
      trial(0.1, 2, 8),
      trial(0.1, 3, 6),
    ],
    { work: 'work', quality: 'quality' },
  );
  expect(
    groups.map(({ settings, trials, work, quality }) => [settings, trials.length, work, quality]),
  ).toEqual([
    [{ lambda: 0.1 }, 3, 20, 6],
    [{ lambda: 0.2 }, 1, 10, 9],
  ]);
  // (4 - 6)² + (8 - 6)² + 0 over 2 is 4.
  expect(groups[0]!.spread.quality).toEqual({ mean: 6, deviation: 2, lowest: 4, highest: 8 });
  expect(groups[1]!.spread.quality.deviation).toBe(0);
});

describe('trainFront', () => {
  it('halves the gap between the neighbors farthest apart in work', async () => {
    // Works 100, 50, 1: the middle of 0.1 and 1 comes next, 0.316228 with work 20, then that of 0.316228 and 1.
    const works = new Map([
      [0.01, 100],
      [0.1, 50],
      [1, 1],
      [0.316228, 20],
      [0.562342, 6],
    ]);
    const scan = scanOf(
      (lambda) => works.get(lambda)!,
      (lambda) => lambda,
      [1, 2],
    );
    const { front, trained } = await trainFront({ ...scan, first: [0.01, 0.1, 1], trials: 11 });
    expect([...new Set(scan.asked)]).toEqual([0.01, 0.1, 1, 0.316228, 0.562342]);
    expect(trained.length).toBe(10);
    expect(front.map(({ work }) => work)).toEqual([1, 6, 20, 50, 100]);
  });

  it('trains no value twice, keeps to its number of trials and leaves smaller gaps than a grid', async () => {
    const cases = fc.record({
      steep: fc.double({ min: 1, max: 12, noNaN: true }),
      at: fc.double({ min: 0.002, max: 0.02, noNaN: true }),
      trials: fc.integer({ min: 8, max: 16 }),
      atOnce: fc.integer({ min: 1, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ steep, at, trials, atOnce }) => {
        const work = (lambda: number): number => 1 + 1000 / (1 + (lambda / at) ** steep);
        const scan = scanOf(work, (lambda) => -work(lambda));
        const first = [0.001, 0.003, 0.01, 0.03];
        const { front } = await trainFront({ ...scan, first, trials, atOnce });
        expect(scan.asked.length).toBe(trials);
        expect(new Set(scan.asked).size).toBe(trials);
        const widest = (works: number[]): number =>
          Math.max(...works.slice(1).map((right, i) => right / works[i]!));
        const even = Array.from({ length: trials }, (_, i) => 0.001 * 30 ** (i / (trials - 1)));
        const sorted = even.map(work).sort((a, b) => a - b);
        // The last halving may have been of any gap, so that the grid wins by at most one.
        expect(widest(front.map((point) => point.work))).toBeLessThanOrEqual(
          Math.max(widest(sorted) * 2, 2),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('goes on between neighbors on the front when what lies between them was beaten', async () => {
    const scan = scanOf(
      (lambda) => (lambda === 0.1 ? 60 : lambda < 0.1 ? 100 : 10),
      (lambda) => (lambda === 0.1 ? 1000 : lambda),
    );
    await trainFront({ ...scan, first: [0.01, 0.1, 1], trials: 4 });
    expect(scan.asked[3]).toBe(0.0316228);
  });

  it('leaves out trials that came to nothing, and ends where nothing is left to choose', async () => {
    const scan = scanOf(
      () => 5,
      (lambda) => lambda,
    );
    const run = async (specs: readonly TrialSpec[]): Promise<readonly Trained[]> =>
      (await scan.run(specs)).map((trial) =>
        trial.spec.settings['lambda'] === 1 ? { spec: trial.spec, message: 'diverged' } : trial,
      );
    const { front } = await trainFront({ ...scan, run, first: [0.01, 1], trials: 9 });
    expect(front.length).toBe(1);
    expect(scan.asked).toEqual([0.01, 1]);
  });
});

describe('findWork', () => {
  const find = (options: Partial<FindOptions> & Scan): ReturnType<typeof findWork> =>
    findWork({ from: 0.001, to: 0.1, target: 0.4, ...options });

  it('comes within the tolerance wherever a function rises or falls through the target', async () => {
    const cases = fc.record({
      steep: fc.double({ min: 0.5, max: 8, noNaN: true }),
      at: fc.double({ min: 0.001, max: 0.1, noNaN: true }),
      share: fc.double({ min: 0.05, max: 0.95, noNaN: true }),
      rises: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ steep, at, share, rises }) => {
        const work = (lambda: number): number =>
          1e6 / (1 + ((rises ? at / lambda : lambda / at) as number) ** steep);
        const [a, b] = [work(0.001), work(0.1)];
        const target = a + share * (b - a);
        fc.pre(target > 1);
        const found = await find({
          ...scanOf(work, (lambda) => lambda),
          target,
          steps: 40,
        });
        expect(Math.abs(work(found.value) - target)).toBeLessThanOrEqual(0.05 * target);
        expect(found.work).toBe(work(found.value));
      }),
      { numRuns: 200 },
    );
  });

  it('takes the middle of log lambda, and a share of the work at the lower end', async () => {
    // Work is 1000 at 0.001, 100 at 0.01, 10 at 0.1: a tenth of it is at 0.01, the first middle.
    const scan = scanOf(
      (lambda) => 1 / lambda,
      (lambda) => lambda,
    );
    const found = await find({ ...scan, target: 0.1 });
    expect([found.value, found.target]).toEqual([0.01, 100]);
    expect(scan.asked).toEqual([0.001, 0.1, 0.01]);
  });

  it('takes a share of the whole network where a key names its work', async () => {
    const scan = scanOf(
      (lambda) => 1 / lambda,
      (lambda) => lambda,
    );
    const run = async (specs: readonly TrialSpec[]): Promise<readonly Trained[]> =>
      (await scan.run(specs)).map(({ spec, result }) => ({
        spec,
        result: { ...(result as object), dense: { macs: 2000 } },
      }));
    expect((await find({ ...scan, run, target: 0.05, whole: 'dense.macs' })).target).toBe(100);
  });

  it('names the nearest when the range does not contain the target', async () => {
    const scan = scanOf(
      (lambda) => 1 / lambda,
      (lambda) => lambda,
    );
    await expect(find({ ...scan, target: 5 })).rejects.toThrow(
      'find: expected a lambda from 0.001 to 0.1 with a work of 5, give or take 0.25, found works from 1000 to 10: choose another work or another range; the nearest is lambda 0.1 with a work of 10.',
    );
    expect(scan.asked).toEqual([0.001, 0.1]);
  });

  it('names the nearest when work jumps over the target', async () => {
    const scan = scanOf(
      (lambda) => (lambda < 0.02 ? 900 : 100),
      (lambda) => lambda,
    );
    await expect(find({ ...scan, target: 400, steps: 5 })).rejects.toThrow(
      /found none among 7 values: allow more steps or a greater tolerance; the nearest is lambda 0\.\d+ with a work of 100\.$/,
    );
  });

  it('says which trial has a loss that is NaN', async () => {
    const scan = scanOf(
      (lambda) => 1 / lambda,
      (lambda) => (lambda === 0.001 ? NaN : lambda),
    );
    // As a result comes out of the store.
    const run = async (specs: readonly TrialSpec[]): Promise<readonly Trained[]> =>
      JSON.parse(JSON.stringify(await scan.run(specs))) as Trained[];
    const message =
      /^trial test-0\.001-1: figure: expected a number at \S+ of the result, found null; a loss that is NaN/;
    await expect(find({ ...scan, run })).rejects.toThrow(message);
    await expect(trainFront({ ...scan, run, first: [0.001, 1], trials: 3 })).rejects.toThrow(
      message,
    );
  });

  it('says which trial came to nothing', async () => {
    const scan = scanOf(
      (lambda) => 1 / lambda,
      (lambda) => lambda,
    );
    const run = (specs: readonly TrialSpec[]): Promise<readonly Trained[]> =>
      Promise.resolve(specs.map((spec) => ({ spec, message: 'the loss is NaN' })));
    await expect(find({ ...scan, run })).rejects.toThrow(
      'find: expected a result of every trial at lambda 0.001, found none of test-0.001-1: "the loss is NaN"; mend that trial or change the range.',
    );
  });
});
