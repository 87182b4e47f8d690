import { grad, ones, sum, tidy, zeros, type Tensor3D } from '@tensorflow/tfjs-core';
import {
  CellError,
  dropout,
  variationalDropout,
  variationalMask,
  wordDropout,
} from '@secateur/cells';
import { describeBackend, expectAllClose } from '@secateur/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';

/** Values of `[batch, time, features]` as a list of steps for each sequence. */
const steps = (x: Tensor3D): number[][][] => x.arraySync();

describeBackend('variational dropout', () => {
  test('has one mask for each sequence, of 0 and 1 / (1 - rate)', () => {
    tidy(() => {
      const [first, second] = steps(variationalDropout(ones([2, 4, 50]), 0.75, 3));
      for (const sequence of [first!, second!]) {
        for (const step of sequence) expect(step).toEqual(sequence[0]);
        expect(new Set(sequence[0])).toEqual(new Set([0, 4]));
      }
      expect(first![0]).not.toEqual(second![0]);
      const mask = variationalMask(2, 50, 0.75, 3);
      expectAllClose(mask, [...first![0]!, ...second![0]!]);
    });
  });

  test('refuses sizes that are none', () => {
    expect(() => variationalMask(2, -3, 0.5, 1)).toThrow(
      'variationalMask: expected features to be a whole number of at least 0, found -3',
    );
    // Their product is whole.
    expect(() => variationalMask(2.5, 2, 0.5, 1)).toThrow('expected batch to be a whole number');
    expect(() => variationalMask(-2, -3, 0.5, 1)).toThrow('expected batch to be a whole number');
  });

  test('keeps everything with rate 0, and lets gradients through its mask', () => {
    tidy(() => {
      expectAllClose(variationalDropout(ones([1, 2, 3]), 0, 5), [1, 1, 1, 1, 1, 1]);
      const dropped = variationalDropout(ones([2, 3, 4]), 0.5, 5);
      const slope = grad((x) => sum(variationalDropout(x as Tensor3D, 0.5, 5)));
      expectAllClose(slope(ones([2, 3, 4])), dropped);
    });
  });

  test('a word is dropped at all its places in a sequence or at none', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 12, maxLength: 12 }),
        fc.integer(),
        (ids, seed) => {
          tidy(() => {
            steps(wordDropout(ones([2, 6, 2]), ids, 0.5, seed)).forEach((sequence, row) => {
              const fate = new Map<number, number[]>();
              sequence.forEach((features, at) => {
                const id = ids[row * 6 + at]!;
                expect(features[0] === 0 || features[0] === 2).toBe(true);
                expect(features[0]).toBe(features[1]);
                expect(features).toEqual(fate.get(id) ?? features);
                fate.set(id, features);
              });
            });
          });
        },
      ),
      { numRuns: 25 },
    );
  });

  test('drops words with the asked chance, each sequence for itself', () => {
    tidy(() => {
      const x = wordDropout(
        ones([500, 4, 1]),
        new Int32Array(2000).map((_, i) => i % 4),
        0.2,
        1,
      );
      const kept = x.dataSync().filter((value) => value !== 0).length / 2000;
      // Four standard deviations of 2000 independent draws.
      expect(Math.abs(kept - 0.8)).toBeLessThan(4 * Math.sqrt((0.8 * 0.2) / 2000));
    });
  });

  test('names what does not fit', () => {
    tidy(() => {
      const x = zeros<Tensor3D['rankType']>([2, 3, 4]);
      expect(() => wordDropout(x, [1, 2], 0.5, 1)).toThrow(CellError);
      expect(() => wordDropout(x, [1, 2], 0.5, 1)).toThrow(
        'wordDropout: expected 6 ids for x [2, 3, 4], found 2',
      );
      for (const [name, drop] of Object.entries({
        dropout: () => dropout(x, 1, 1),
        variationalMask: () => variationalMask(2, 4, 1, 1),
        variationalDropout: () => variationalDropout(x, 1, 1),
        wordDropout: () => wordDropout(x, [1, 2, 3, 1, 2, 3], 1, 1),
      })) {
        expect(drop).toThrow(`${name}: expected a rate of at least 0 and below 1, found 1`);
      }
      expect(() => variationalDropout(zeros([2, 3]) as never, 0.5, 1)).toThrow(
        'variationalDropout: expected x to be float32 [batch, time, input], found float32 [2, 3]',
      );
    });
  });
});
