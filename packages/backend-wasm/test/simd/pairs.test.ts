import { maximum, minimum, prelu, tensor, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { floats, sizeOf } from '@secateur/testing';
import { describe, expect, test } from 'vitest';
import { describeBuilds, soilMemory } from './builds.ts';

const shapes: readonly (readonly [whole: number[], own: number[]])[] = [
  [[], []],
  [[5], []],
  [[5], [1]],
  [[19], [19]],
  [
    [3, 5],
    [1, 5],
  ],
  [
    [3, 5],
    [3, 1],
  ],
  [
    [2, 3, 5],
    [3, 5],
  ],
  [
    [2, 3, 5],
    [3, 1],
  ],
  [
    [2, 3, 4],
    [2, 1, 4],
  ],
  [
    [0, 3],
    [1, 3],
  ],
];

/** Numbers of either sign with NaN and infinities among them. */
const some = (shape: readonly number[], seed: number): Float32Array =>
  floats(sizeOf(shape), seed, 3).map((x, i) =>
    (i + seed) % 7 === 3 ? NaN : (i + seed) % 11 === 5 ? Infinity : x,
  );

/** The entry of a tensor of shape `own` that meets the one at `place` of the shape `whole`. */
function meets(own: readonly number[], whole: readonly number[], place: number): number {
  let [at, stride] = [0, 1];
  for (let axis = 1; axis <= whole.length; axis++) {
    const [size, all] = [own.at(-axis) ?? 1, whole.at(-axis)!];
    if (axis <= own.length && size > 1) at += (place % all) * stride;
    if (axis <= own.length) stride *= size;
    place = Math.floor(place / all);
  }
  return at;
}

describeBuilds('functions of two tensors', () => {
  describe.each([
    ['maximum', maximum, Math.max],
    ['minimum', minimum, Math.min],
    ['prelu', prelu, (x: number, alpha: number) => (x < 0 ? alpha * x : x)],
  ] as [string, (a: Tensor, b: Tensor) => Tensor, (a: number, b: number) => number][])(
    '%s',
    (name, operation, f) => {
      test.each(shapes)('of [%j] and [%j]', (whole, own) => {
        tidy(() => {
          const [a, b] = [some(whole, 1), some(own, 2)];
          soilMemory();
          const expected = a.map((value, i) => f(value, b[meets(own, whole, i)]!));
          const actual = operation(tensor(a, whole), tensor(b, own));
          expect(actual.shape).toEqual(whole);
          expect(actual.dataSync()).toEqual(expected);
          if (name === 'prelu') return;
          expect(operation(tensor(b, own), tensor(a, whole)).dataSync()).toEqual(expected);
        });
      });
    },
  );
});
