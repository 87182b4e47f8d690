import {
  backend_util,
  conv1d,
  Conv2DBackpropFilter,
  engine,
  grad,
  mul,
  randomNormal,
  type Scalar,
  sub,
  sum,
  type Tensor,
  tensor,
  type Tensor3D,
  tidy,
  train,
  variable,
} from '@tensorflow/tfjs-core';
import { useBackend } from '@secateur/backend';
import { describeBackend, expectAllClose } from '@secateur/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';

const wave = (shape: readonly number[], phase: number): Float32Array =>
  Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) =>
    Math.sin(i * 0.7 + phase),
  );

interface Case {
  readonly x: [number, number, number, number];
  readonly filter: [number, number, number, number];
  readonly stride: [number, number];
  readonly pad: 'valid' | 'same' | number;
}

/** The gradient of `sum(conv2d(x, filter) * dy)` with respect to the filter, for fixed `x` and `dy`. */
function filterGradient({ x, filter, stride, pad }: Case): Float32Array {
  return tidy(() => {
    const { outShape } = backend_util.computeConv2DInfo(x, filter, stride, 1, pad);
    const gradient = engine().runKernel(
      Conv2DBackpropFilter,
      { x: tensor(wave(x, 0), x), dy: tensor(wave(outShape, 1), outShape) },
      { strides: stride, pad, dataFormat: 'NHWC', filterShape: filter },
    ) as Tensor;
    expect(gradient.shape).toEqual(filter);
    return gradient.dataSync() as Float32Array;
  });
}

describeBackend('Conv2DBackpropFilter', () => {
  test('gives hand-computed values', () => {
    tidy(() => {
      // Each tap of a [2] filter over [1, 2, 3] meets two outputs, whose gradients are 1 and 10.
      const x = tensor([1, 2, 3], [1, 3, 1]) as Tensor3D;
      const slope = grad((w) =>
        sum(mul(conv1d(x, w as Tensor3D, 1, 'valid'), tensor([1, 10], [1, 2, 1]))),
      )(tensor([0, 0], [2, 1, 1]) as Tensor3D);
      expectAllClose(slope, [1 * 1 + 2 * 10, 2 * 1 + 3 * 10]);
      // With padding the first tap also meets the zero before the first input.
      const padded = grad((w) =>
        sum(mul(conv1d(x, w as Tensor3D, 1, 'same'), tensor([1, 10, 100], [1, 3, 1]))),
      )(tensor([0, 0, 0], [3, 1, 1]) as Tensor3D);
      expectAllClose(padded, [10 + 200, 1 + 20 + 300, 2 + 30]);
    });
  });

  test('trains a convolution to the filter that made the data', () => {
    const x = randomNormal([4, 8, 2], 0, 1, 'float32', 1) as Tensor3D;
    const goal = tidy(() =>
      conv1d(x, randomNormal([3, 2, 3], 0, 1, 'float32', 2) as Tensor3D, 1, 'same'),
    );
    const filter = tidy(() => variable(randomNormal([3, 2, 3], 0, 1, 'float32', 3)));
    const optimizer = train.sgd(0.01);
    const losses: number[] = [];
    for (let step = 0; step < 100; step++) {
      const loss = optimizer.minimize(
        () =>
          tidy(() => {
            const error = sub(conv1d(x, filter as unknown as Tensor3D, 1, 'same'), goal);
            return sum(mul(error, error)) as Scalar;
          }),
        true,
      );
      losses.push(loss!.dataSync()[0]!);
      loss!.dispose();
    }
    expect(losses.at(-1)!).toBeLessThan(losses[0]! / 100);
    [x, goal, filter].forEach((t) => {
      t.dispose();
    });
    optimizer.dispose();
  });
});

test('wasm and cpu give one gradient for any shape, stride and padding', async () => {
  const small = fc.integer({ min: 1, max: 3 });
  const cases = fc
    .record({
      batch: small,
      height: fc.integer({ min: 3, max: 7 }),
      width: fc.integer({ min: 3, max: 7 }),
      channels: small,
      filterHeight: small,
      filterWidth: small,
      filters: small,
      stride: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
      pad: fc.constantFrom<Case['pad']>('valid', 'same', 1),
    })
    .map((c): Case => ({
      x: [c.batch, c.height, c.width, c.channels],
      filter: [c.filterHeight, c.filterWidth, c.channels, c.filters],
      stride: c.stride,
      pad: c.pad,
    }));
  const sample = fc.sample(cases, { numRuns: 40, seed: 7 });
  await useBackend('cpu');
  const expected = sample.map(filterGradient);
  await useBackend('wasm');
  sample.forEach((c, i) => {
    expectAllClose(filterGradient(c), expected[i]!, { rtol: 1e-4, atol: 1e-4 });
  });
});

test('a batch larger than the buffer for patches is split, and sums to the same', async () => {
  // 5 * 5 * 4 taps times 60 * 60 positions times 20 images are 7.2 million floats, more than one chunk.
  const large: Case = { x: [20, 60, 60, 4], filter: [5, 5, 4, 2], stride: [1, 1], pad: 'same' };
  await useBackend('wasm');
  const whole = filterGradient(large);
  // Linear in the data: twice the gradient of half the weights would not notice a lost image, a float64 sum does.
  const x = wave(large.x, 0);
  const dy = wave([20, 60, 60, 2], 1);
  const [tapY, tapX, channel, filter] = [0, 4, 3, 1];
  let expected = 0;
  for (let image = 0; image < 20; image++) {
    for (let row = 2; row < 60; row++) {
      for (let column = 0; column < 58; column++) {
        const from = ((image * 60 + row - 2) * 60 + column + 2) * 4 + channel;
        expected += x[from]! * dy[((image * 60 + row) * 60 + column) * 2 + filter]!;
      }
    }
  }
  expectAllClose(whole[((tapY * 5 + tapX) * 4 + channel) * 2 + filter]!, expected, {
    rtol: 1e-3,
    atol: 1e-2,
  });
});

test('refuses a data format with the channels first', async () => {
  await useBackend('wasm');
  const x = tensor(wave([1, 1, 3, 3], 0), [1, 1, 3, 3]);
  const run = (): unknown =>
    engine().runKernel(
      'Conv2DBackpropFilter',
      { x, dy: x },
      {
        strides: 1,
        pad: 'same',
        dataFormat: 'NCHW',
        filterShape: [1, 1, 1, 1],
      },
    );
  expect(run).toThrow(expect.objectContaining({ code: 'unsupported' }));
  expect(run).toThrow(
    'Conv2DBackpropFilter: expected the data format NHWC on wasm, found NCHW; transpose the input',
  );
  x.dispose();
});
