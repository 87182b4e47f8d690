import {
  elu,
  engine,
  exp,
  fused,
  leakyRelu,
  log,
  log1p,
  pow,
  prelu,
  relu6,
  selu,
  sigmoid,
  softmax,
  softplus,
  sqrt,
  tensor1d,
  tensor2d,
  tensor4d,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { expectAllClose } from '@secateur/testing';
import { expect, test } from 'vitest';
import { describeWebgpu } from '../describe-webgpu.ts';
import { readAll } from '../values.ts';

const inputs = [NaN, Infinity, -Infinity, 0, -0, 1e-6, -1e-6, 0.4, -0.4, 2.5, -2.5, 30, -30];

/** Compares by kind, NaN with NaN and an infinity with the same, and numbers to four digits. */
function expectAlike(found: ArrayLike<number>, wanted: readonly number[]): void {
  const kind = (x: number): string => (Number.isFinite(x) ? 'finite' : String(x));
  expect(Array.from(found, kind)).toEqual(wanted.map(kind));
  const finite = (values: ArrayLike<number>): number[] =>
    Array.from(values).filter(Number.isFinite);
  expectAllClose(finite(found), finite(wanted), { rtol: 1e-4, atol: 1e-6 });
}

describeWebgpu('functions of numbers', () => {
  test.each([
    ['exp', exp, Math.exp],
    ['elu', elu, (x: number) => (x < 0 ? Math.expm1(x) : x)],
    ['relu6', relu6, (x: number) => Math.min(6, Math.max(0, x))],
    ['sigmoid', sigmoid, (x: number) => 1 / (1 + Math.exp(-x))],
    ['softplus', softplus, (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))],
    ['sqrt', sqrt, Math.sqrt],
    ['log', log, Math.log],
    ['log1p', log1p, Math.log1p],
    ['leakyRelu', (x: Tensor) => leakyRelu(x, 0.25), (x: number) => (x < 0 ? 0.25 * x : x)],
    [
      'selu',
      selu,
      (x: number) => 1.0507009873554805 * (x < 0 ? 1.6732632423543772 * Math.expm1(x) : x),
    ],
  ] as [string, (x: Tensor) => Tensor, (x: number) => number][])(
    '%s has its limits, and keeps NaN',
    async (_, operation, f) => {
      const [found] = await readAll(() => [operation(tensor1d(inputs))]);
      expectAlike(
        found!,
        inputs.map((x) => f(Math.fround(x))),
      );
    },
  );

  test('powers of zeros, infinities and negative numbers', async () => {
    const bases = [0, 0, -0, -0, -0, -Infinity, -Infinity, Infinity, -2, -2, -2, 3, NaN, NaN, 4];
    const powers = [2, -1, 3, -3, 0.5, 3, -2, -0.5, 3, -1, 0.5, 2, 0, 1, 0.5];
    const [found] = await readAll(() => [pow(tensor1d(bases), tensor1d(powers))]);
    expectAlike(
      found!,
      bases.map((base, i) => base ** powers[i]!),
    );
    expect(Object.is(found![2], -0)).toBe(true);
  });

  test('prelu and the gradient of elu multiply no more than they need', async () => {
    const [slopes, gradient] = await readAll(() => [
      prelu(tensor2d([1, -2, 3, -4], [2, 2]) as Tensor, tensor1d([Infinity, 0.5]) as Tensor),
      engine().runKernel('EluGrad', {
        dy: tensor1d([2, 2, 2, 2]),
        y: tensor1d([Infinity, 1, -0.5, NaN]),
      }) as Tensor,
    ]);
    expectAlike(slopes!, [1, -1, 3, -2]);
    expectAlike(gradient!, [2, 2, 1, NaN]);
  });

  test.each([3, 130, 300])('softmax of %i numbers, and of NaN and infinities', async (width) => {
    const rows = [
      Array.from({ length: width }, (_, i) => (i % 7) - 3),
      Array.from({ length: width }, (_, i) => (i === 1 ? NaN : i)),
      Array.from({ length: width }, (_, i) => (i === width - 1 ? Infinity : 0)),
      Array.from({ length: width }, () => -Infinity),
      Array.from({ length: width }, (_, i) => (i === 0 ? 80 : -Infinity)),
    ];
    const [found] = await readAll(() => [softmax(tensor2d(rows))]);
    const total = rows[0]!.reduce((sum, x) => sum + Math.exp(x), 0);
    expectAlike(found!, [
      ...rows[0]!.map((x) => Math.exp(x) / total),
      ...new Array<number>(3 * width).fill(NaN),
      ...rows[4]!.map((x) => Number(x === 80)),
    ]);
  });

  test.each(['elu', 'relu', 'relu6', 'sigmoid'] as const)(
    '%s after a product keeps NaN',
    async (activation) => {
      const found = await readAll(() => [
        fused.matMul({ a: tensor2d([NaN, 1], [2, 1]), b: tensor2d([1], [1, 1]), activation }),
        fused.conv2d({
          ...{ x: tensor4d([NaN, 1], [1, 1, 2, 1]), filter: tensor4d([1], [1, 1, 1, 1]) },
          ...{ strides: 1, pad: 'valid', activation },
        }),
      ]);
      const one = activation === 'sigmoid' ? 1 / (1 + Math.exp(-1)) : 1;
      for (const each of found) expectAlike(each, [NaN, one]);
    },
  );
});
