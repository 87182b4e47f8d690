import {
  concat,
  grads,
  mul,
  slice,
  sum,
  tensor3d,
  tidy,
  zeros,
  type Tensor,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import {
  bidirectional,
  CellError,
  lstm,
  reverseSequences,
  sequenceMask,
  uniform,
} from '@secateur/cells';
import {
  describeBackend,
  expectAllClose,
  lstmReference,
  lstmTensors,
  lstmValues,
  numbers,
} from '@secateur/testing';
import { expect, test } from 'vitest';

const draw = (shape: [number, number, number], seed: number): Tensor3D =>
  tensor3d(uniform(shape, { min: -1, max: 1, seed }).data, shape);

describeBackend('reverseSequences', () => {
  test('turns each sequence round within its length', () => {
    tidy(() => {
      const x = tensor3d([1, 2, 3, 4, 5, 6, 7, 8, 9], [3, 3, 1]);
      expectAllClose(reverseSequences(x, [2, 0, 3]), [2, 1, 3, 4, 5, 6, 9, 8, 7]);
      expectAllClose(reverseSequences(reverseSequences(x, [2, 0, 3]), [2, 0, 3]), x.dataSync());
    });
  });

  test('hands the gradient back to where the values came from', () => {
    tidy(() => {
      const x = draw([2, 3, 2], 1);
      const dy = draw([2, 3, 2], 2);
      const [dx] = grads((given: Tensor) =>
        sum(mul(reverseSequences(given as Tensor3D, [2, 3]), dy)),
      )([x]);
      expectAllClose(dx!, reverseSequences(dy, [2, 3]).dataSync());
    });
  });

  test('leaves sequences of no features as they are', () => {
    tidy(() => {
      expect(reverseSequences(zeros([2, 3, 0]), [1, 3]).shape).toEqual([2, 3, 0]);
    });
  });

  test('says which length does not fit', () => {
    tidy(() => {
      const x = zeros<Tensor3D['rankType']>([2, 3, 1]);
      expect(() => reverseSequences(x, [1])).toThrow(CellError);
      expect(() => reverseSequences(x, [1])).toThrow('expected 2 lengths, one for each sequence');
      expect(() => reverseSequences(x, [1, 4])).toThrow(
        'reverseSequences: expected lengths[1] to be a whole number from 0 to 3, found 4',
      );
      expect(() => sequenceMask([-1], 3)).toThrow('expected lengths[0] to be a whole number');
      expect(() => sequenceMask([0], -1)).toThrow(
        'sequenceMask: expected time to be a whole number of at least 0, found -1',
      );
    });
  });
});

describeBackend('bidirectional', () => {
  const sizes = { batch: 1, time: 3, input: 4, units: 5 };
  const [ahead, back] = [lstmValues(sizes), lstmValues(sizes, 0.5)];

  /** The float64 outputs of one sequence, `[time, 2 * units]`. */
  function reference(x: Float64Array, time: number): number[] {
    const run = (values: typeof ahead, given: Float64Array): Float64Array => {
      const { kernel, recurrent, bias } = values;
      return lstmReference({ x: given, kernel, recurrent, bias, ...sizes, time }).y;
    };
    const turned = (values: Float64Array, width: number): Float64Array =>
      values.map((_, i) => values[(time - 1 - Math.floor(i / width)) * width + (i % width)]!);
    const first = run(ahead, x);
    const second = turned(run(back, turned(x, 4)), 5);
    return Array.from({ length: time }, (_, t) => [
      ...first.subarray(t * 5, t * 5 + 5),
      ...second.subarray(t * 5, t * 5 + 5),
    ]).flat();
  }

  const run = (x: Tensor3D, lengths: readonly number[]): Tensor3D => {
    const [forward, backward] = [lstmTensors(ahead, sizes), lstmTensors(back, sizes)];
    return bidirectional(
      x,
      lengths,
      (given) => lstm(given, forward).outputs,
      (given) => lstm(given, backward).outputs,
    );
  };

  test('runs each sequence within its length, whatever lies beyond', () => {
    tidy(() => {
      const [long, short] = [numbers(12, 5), numbers(8, 6)];
      const padded = Float32Array.from([...long, ...short, 9, -9, 9, -9]);
      const actual = run(tensor3d(padded, [2, 3, 4]), [3, 2]);
      expect(actual.shape).toEqual([2, 3, 10]);
      expectAllClose(actual, [
        ...reference(long, 3),
        ...reference(short, 2),
        ...Array.from({ length: 10 }, () => 0),
      ]);
    });
  });

  test('gets no gradient from beyond the length, and gives none to it', () => {
    tidy(() => {
      const x = draw([2, 3, 4], 3);
      const [dx] = grads((given: Tensor) => sum(run(given as Tensor3D, [3, 1])))([x]);
      expectAllClose(slice(dx!, [1, 1, 0], [1, 2, 4]), new Float32Array(8));
      const alone = slice(x, [1, 0, 0], [1, 1, 4]) as Tensor3D;
      const [one] = grads((given: Tensor) => sum(run(given as Tensor3D, [1])))([alone]);
      expectAllClose(slice(dx!, [1, 0, 0], [1, 1, 4]), one!.dataSync());
    });
  });

  test('is zero for a sequence of no steps', () => {
    tidy(() => {
      const x = concat([draw([1, 2, 4], 4), draw([1, 2, 4], 5)], 0) as Tensor3D;
      expectAllClose(slice(run(x, [2, 0]), [1, 0, 0], [1, 2, 10]), new Float32Array(20));
    });
  });
});
