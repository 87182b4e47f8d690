import {
  clone,
  grad,
  keep,
  memory,
  mul,
  sum,
  tensor,
  tensor1d,
  tidy,
  train,
  variable,
  type Scalar,
} from '@tensorflow/tfjs-core';
import { describeBackend, expectAllClose } from '@secateur/testing';
import { expect, test } from 'vitest';

describeBackend('Identity', () => {
  test('shares data, whichever is disposed first', () => {
    const before = memory().numDataBuffers;
    for (const first of ['the original', 'the copy']) {
      const x = tensor1d([1, 2, 3]);
      const copy = clone(x);
      expect(copy.dataId).toBe(x.dataId);
      expect(memory().numDataBuffers).toBe(before + 1);
      const [gone, left] = first === 'the copy' ? [copy, x] : [x, copy];
      gone.dispose();
      expectAllClose(left, [1, 2, 3]);
      left.dispose();
      expect(memory().numDataBuffers).toBe(before);
    }
  });

  test('keeps a copy that outlives a tidy, and its own shape', () => {
    const x = tensor([1, 2, 3, 4], [2, 2]);
    const kept = tidy(() => keep(clone(clone(x))));
    x.dispose();
    expect(kept.shape).toEqual([2, 2]);
    expectAllClose(kept, [1, 2, 3, 4]);
    kept.dispose();
  });

  test('does not see a later value of the variable it copies', () => {
    const v = tidy(() => variable(tensor1d([1, 2])));
    const copy = clone(v);
    tidy(() => {
      v.assign(tensor1d([8, 9]));
    });
    expectAllClose(copy, [1, 2]);
    expectAllClose(v, [8, 9]);
    const optimizer = train.sgd(1);
    const saved = clone(v);
    optimizer.minimize(() => sum(mul(v, v)) as Scalar, false, [v]);
    expectAllClose(saved, [8, 9]);
    expectAllClose(v, [-8, -9]);
    optimizer.dispose();
    for (const each of [v, copy, saved]) each.dispose();
  });

  test('passes whole numbers, booleans and strings on', () => {
    tidy(() => {
      expect([...clone(tensor1d([1, -2], 'int32')).dataSync()]).toEqual([1, -2]);
      expect(clone(tensor1d([true, false], 'bool')).dtype).toBe('bool');
      expect(clone(tensor1d(['a', 'b'])).dataSync()).toEqual(['a', 'b']);
    });
  });

  test('has the gradient of the identity', () => {
    tidy(() => {
      expectAllClose(grad((x) => sum(mul(clone(x), clone(x))))(tensor1d([3, 4])), [6, 8]);
    });
  });
});
