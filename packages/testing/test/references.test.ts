import {
  expectAllClose,
  finiteDifference,
  gateOrders,
  gruAttributes,
  gruGradientReference,
  gruInputNames,
  gruReference,
  gruValues,
  lstmGradientReference,
  lstmInputNames,
  lstmReference,
  lstmSizes,
  lstmValues,
  numbers,
  rhnGradientReference,
  rhnReference,
  rhnSizes,
  rhnValues,
  softmaxCrossEntropyGradientReference,
  softmaxCrossEntropyReference,
} from '@secateur/testing';
import { describe, test } from 'vitest';

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/** Differences take two passes for every entry, and the widest size is there for the blocks of kernels. */
const smallSizes = lstmSizes.filter(({ units }) => units < 13);

describe('finiteDifference', () => {
  test('finds the slope of each entry', () => {
    const f = (x: Float64Array): number => x[0]! ** 3 + x[0]! * x[1]!;
    expectAllClose(finiteDifference(f, Float64Array.of(2, 5)), [17, 2], { rtol: 1e-8 });
  });
});

describe('lstmReference', () => {
  const one = { batch: 1, input: 1, units: 1, x: [0.5], time: 1 };
  test('agrees with one step worked out by hand', () => {
    const { y, h, c } = lstmReference({
      ...one,
      kernel: [1, 2, 3, 4],
      recurrent: [0.1, 0.2, 0.3, 0.4],
      bias: [0.01, 0.02, 0.03, 0.04],
      h0: [0.6],
      c0: [0.7],
      forgetBias: 1,
    });
    const cell =
      sigmoid(1 + 0.12 + 0.02 + 1) * 0.7 +
      sigmoid(0.5 + 0.06 + 0.01) * Math.tanh(1.5 + 0.18 + 0.03);
    const output = sigmoid(2 + 0.24 + 0.04) * Math.tanh(cell);
    expectAllClose(c, [cell], { rtol: 1e-12 });
    expectAllClose(h, [output], { rtol: 1e-12 });
    expectAllClose(y, [output], { rtol: 1e-12 });
  });
  test('reorders its gates', () => {
    const ifgo = lstmReference({
      ...one,
      kernel: [1, 2, 3, 4],
      recurrent: [1, 1, 1, 1],
      bias: [0, 0, 0, 0],
    });
    const iofg = lstmReference({
      ...one,
      kernel: [1, 4, 2, 3],
      recurrent: [1, 1, 1, 1],
      bias: [0, 0, 0, 0],
      gates: 'iofg',
    });
    expectAllClose(iofg.y, ifgo.y, { rtol: 1e-14 });
  });
  test('carries its state from step to step and keeps sequences apart', () => {
    const weights = { kernel: [1, 2, 3, 4], recurrent: [0.1, 0.2, 0.3, 0.4], bias: [0, 0, 0, 0] };
    const size = { input: 1, units: 1 };
    const both = lstmReference({ ...weights, ...size, batch: 2, time: 2, x: [0.1, 0.2, 0.3, 0.4] });
    const first = lstmReference({ ...weights, ...size, batch: 1, time: 1, x: [0.3] });
    const second = lstmReference({
      ...weights,
      ...size,
      batch: 1,
      time: 1,
      x: [0.4],
      h0: first.h,
      c0: first.c,
    });
    expectAllClose(both.y.subarray(2), [...first.y, ...second.y], { rtol: 1e-14 });
  });
});

describe('softmaxCrossEntropyReference', () => {
  test('is log(classes) for equal logits and survives large ones', () => {
    expectAllClose(softmaxCrossEntropyReference([0, 0, 0, 0], [1]), [Math.log(4)], { rtol: 1e-14 });
    expectAllClose(softmaxCrossEntropyReference([1000, 0, 0, 1000], [0, 0]), [0, 1000], {
      rtol: 1e-14,
    });
  });
});

describe('lstmGradientReference', () => {
  const dot = (a: Float64Array, b: Float64Array): number =>
    a.reduce((total, value, i) => total + value * b[i]!, 0);
  test.each(smallSizes)('agrees with differences at $batch x $time x $input -> $units', (sizes) => {
    const { batch, time, units } = sizes;
    const values = lstmValues(sizes);
    const upstream = {
      y: numbers(batch * time * units, 11),
      h: numbers(batch * units, 12),
      c: numbers(batch * units, 13),
    };
    for (const gates of [gateOrders[0]!, gateOrders[7]!, 'oigf']) {
      const attributes = { ...sizes, gates, forgetBias: 0.5 };
      const actual = lstmGradientReference({ ...values, ...attributes }, upstream);
      for (const name of lstmInputNames) {
        const loss = (moved: Float64Array): number => {
          const { y, h, c } = lstmReference({ ...values, [name]: moved, ...attributes });
          return dot(y, upstream.y) + dot(h, upstream.h) + dot(c, upstream.c);
        };
        const expected = finiteDifference(loss, values[name]);
        expectAllClose(actual[name], expected, { rtol: 1e-7, atol: 1e-8 });
      }
    }
  });
});

describe('gruReference', () => {
  const one = { batch: 1, input: 1, units: 1, x: [0.5], time: 1, h0: [0.6] };
  const weights = { kernel: [1, 2, 3], recurrent: [0.1, 0.2, 0.3], bias: [0.01, 0.02, 0.03] };
  const recurrentBias = [0.04, 0.05, 0.06];
  const z = sigmoid(0.5 + 0.06 + 0.01 + 0.04);
  const r = sigmoid(1 + 0.12 + 0.02 + 0.05);
  test('agrees with one step worked out by hand, reset after the product', () => {
    const n = Math.tanh(1.5 + 0.03 + r * (0.18 + 0.06));
    const y = gruReference({ ...one, ...weights, recurrentBias });
    expectAllClose(y, [z * 0.6 + (1 - z) * n], { rtol: 1e-12 });
  });
  test('agrees with one step worked out by hand, reset before the product', () => {
    const n = Math.tanh(1.5 + 0.03 + r * 0.6 * 0.3 + 0.06);
    const y = gruReference({ ...one, ...weights, recurrentBias, resetAfter: false });
    expectAllClose(y, [z * 0.6 + (1 - z) * n], { rtol: 1e-12 });
  });
  test('reorders its gates', () => {
    const rzn = { kernel: [2, 1, 3], recurrent: [0.2, 0.1, 0.3], bias: [0.02, 0.01, 0.03] };
    const actual = gruReference({ ...one, ...rzn, gates: 'rzn' });
    expectAllClose(actual, gruReference({ ...one, ...weights }), { rtol: 1e-14 });
  });
  test('carries its state from step to step and keeps sequences apart', () => {
    const x = [0.1, 0.2, 0.3, 0.4];
    const both = gruReference({ ...one, ...weights, batch: 2, time: 2, x, h0: [0.5, 0.6] });
    const first = gruReference({ ...one, ...weights, x: [0.3] });
    const second = gruReference({ ...one, ...weights, x: [0.4], h0: first });
    expectAllClose(both.subarray(2), [...first, ...second], { rtol: 1e-14 });
  });
});

describe('gruGradientReference', () => {
  test.each(smallSizes)('agrees with differences at $batch x $time x $input -> $units', (sizes) => {
    const { batch, time, units } = sizes;
    const values = gruValues(sizes);
    const dy = numbers(batch * time * units, 11);
    for (const attributes of [...gruAttributes.slice(0, 2), ...gruAttributes.slice(-4)]) {
      const actual = gruGradientReference({ ...values, ...sizes, ...attributes }, dy);
      for (const name of gruInputNames) {
        const loss = (moved: Float64Array): number =>
          gruReference({ ...values, [name]: moved, ...sizes, ...attributes }).reduce(
            (total, value, i) => total + value * dy[i]!,
            0,
          );
        const expected = finiteDifference(loss, values[name]);
        expectAllClose(actual[name], expected, { rtol: 1e-7, atol: 1e-8 });
      }
    }
  });
});

describe('rhnReference', () => {
  test('agrees with one step of depth 2 worked out by hand', () => {
    const y = rhnReference({
      batch: 1,
      time: 1,
      input: 1,
      units: 1,
      depth: 2,
      transformBias: -2,
      x: [0.5],
      kernel: [1, 2],
      recurrent: [0.1, 0.2, 0.3, 0.4],
      bias: [0.01, 0.02, 0.03, 0.04],
      s0: [0.6],
      mask: [2],
    });
    const t1 = sigmoid(1 + 0.2 * 1.2 + 0.02 - 2);
    const s1 = Math.tanh(0.5 + 0.1 * 1.2 + 0.01) * t1 + 0.6 * (1 - t1);
    const t2 = sigmoid(0.4 * 2 * s1 + 0.04 - 2);
    expectAllClose(y, [Math.tanh(0.3 * 2 * s1 + 0.03) * t2 + s1 * (1 - t2)], { rtol: 1e-12 });
  });
});

describe('rhnGradientReference', () => {
  test.each(rhnSizes)(
    'agrees with differences at $batch x $time x $input -> $units, depth $depth',
    (sizes) => {
      const { batch, time, units } = sizes;
      const values = rhnValues(sizes);
      const dy = numbers(batch * time * units, 11);
      const actual = rhnGradientReference({ ...values, ...sizes, transformBias: -0.5 }, dy);
      for (const name of ['x', 'kernel', 'recurrent', 'bias', 's0'] as const) {
        const loss = (moved: Float64Array): number =>
          rhnReference({ ...values, [name]: moved, ...sizes, transformBias: -0.5 }).reduce(
            (total, value, i) => total + value * dy[i]!,
            0,
          );
        const expected = finiteDifference(loss, values[name]);
        expectAllClose(actual[name], expected, { rtol: 1e-7, atol: 1e-8 });
      }
    },
  );
});

describe('softmaxCrossEntropyGradientReference', () => {
  test('agrees with differences', () => {
    const [labels, dy] = [
      [2, 0, 1],
      [1, -2, 0.5],
    ];
    const logits = numbers(12, 3, 3);
    const loss = (at: Float64Array): number =>
      softmaxCrossEntropyReference(at, labels!).reduce((t, l, n) => t + l * dy![n]!, 0);
    expectAllClose(
      softmaxCrossEntropyGradientReference(logits, labels!, dy!),
      finiteDifference(loss, logits),
      { rtol: 1e-7, atol: 1e-8 },
    );
  });
});
