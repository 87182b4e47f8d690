import { dispose, scalar, tensor1d, tensor2d, type Tensor } from '@tensorflow/tfjs-core';
import { describeBackend, expectAllClose } from '@secateur/testing';
import { expect, test } from 'vitest';
import { clipByGlobalNorm } from '../src/index.ts';

function list(...tensors: Tensor[]): { name: string; tensor: Tensor }[] {
  return tensors.map((tensor, i) => ({ name: `w${i}`, tensor }));
}

async function clip(
  tensors: Tensor[],
  norm: number,
): Promise<{ norm: number; values: number[][] }> {
  const clipped = clipByGlobalNorm(list(...tensors), norm);
  const values = await Promise.all(
    clipped.gradients.map(async (g) => [...(await g.tensor.data())]),
  );
  const before = (await clipped.norm.data())[0]!;
  dispose(tensors);
  dispose(clipped.gradients.map((g) => g.tensor));
  clipped.norm.dispose();
  return { norm: before, values };
}

describeBackend('clipByGlobalNorm', () => {
  test('scales all gradients to the norm of all of them together', async () => {
    // 1 + 4 + 4 + 16 + 144 = 169.
    const { norm, values } = await clip([tensor1d([1, -2]), tensor2d([[2, 4]]), scalar(12)], 6.5);
    expectAllClose(norm, 13, { rtol: 1e-6, atol: 0 });
    expectAllClose(values.flat(), [0.5, -1, 1, 2, 6], { rtol: 1e-6, atol: 0 });
  });

  test('changes no bit of gradients whose norm is small enough', async () => {
    const given = [0.1, -0.7, 1e-20, 0].map(Math.fround);
    const { values } = await clip([tensor1d(given)], 1);
    expect(values[0]).toEqual(given);
  });

  test('leaves zero gradients zero', async () => {
    const { norm, values } = await clip([tensor1d([0, 0])], 1);
    expect(norm).toBe(0);
    expect(values[0]).toEqual([0, 0]);
  });

  test.each([NaN, Infinity, 1e30])('makes a divergence seen: %s', async (bad) => {
    const { values } = await clip([tensor1d([bad, 1]), tensor1d([2])], 5);
    expect(values).toEqual([[NaN, NaN], [NaN]]);
  });

  test('passes over a variable without a gradient', async () => {
    const gradient = tensor1d([3, 4]);
    const absent = undefined as unknown as Tensor;
    const { gradients, norm } = clipByGlobalNorm(
      [{ name: 'a', tensor: absent }, ...list(gradient)],
      10,
    );
    expect(gradients[0]).toEqual({ name: 'a', tensor: undefined });
    expect((await norm.data())[0]).toBe(5);
    dispose([gradient, norm, gradients[1]!.tensor]);
  });

  test('refuses a norm that is not positive, and no gradients', () => {
    expect(() => clipByGlobalNorm([], 1)).toThrow(
      'clipByGlobalNorm: expected at least one gradient, found none',
    );
    expect(() => clipByGlobalNorm([], 0)).toThrow(
      'clipByGlobalNorm: expected the norm to be a finite number > 0, found 0',
    );
    expect(() => clipByGlobalNorm([], '5' as unknown as number)).toThrow('> 0, found "5"');
    expect(() => clipByGlobalNorm([], NaN)).toThrow(
      'expected the norm to be a finite number > 0, found NaN',
    );
  });
});
