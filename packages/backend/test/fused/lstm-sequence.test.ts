import { tensor1d, tensor2d, tensor3d, tidy, zeros } from '@tensorflow/tfjs-core';
import { BackendError, lstmSequence } from '@secateur/backend';
import {
  describeBackend,
  expectAllClose,
  gateOrders,
  lstmReference,
  lstmSizes,
  lstmTensors,
  lstmValues,
  type LstmReference,
  type LstmSizes,
  type LstmValues,
} from '@secateur/testing';
import { expect, test } from 'vitest';

function reference(
  values: LstmValues,
  sizes: LstmSizes,
  gates = 'ifgo',
  forgetBias = 0,
): LstmReference {
  return lstmReference({ ...values, ...sizes, gates, forgetBias });
}

describeBackend('lstmSequence', () => {
  test.each(lstmSizes)('agrees with float64 at $batch x $time x $input -> $units', (sizes) => {
    const values = lstmValues(sizes);
    const expected = reference(values, sizes);
    tidy(() => {
      const { y, h, c } = lstmSequence(lstmTensors(values, sizes), {
        gates: 'ifgo',
        forgetBias: 0,
      });
      expect(y.shape).toEqual([sizes.batch, sizes.time, sizes.units]);
      expect(h.shape).toEqual([sizes.batch, sizes.units]);
      expectAllClose(y, expected.y);
      expectAllClose(h, expected.h);
      expectAllClose(c, expected.c);
    });
  });

  test('reads all 24 gate orders', () => {
    expect(gateOrders).toHaveLength(24);
    const sizes = lstmSizes[0]!;
    const values = lstmValues(sizes);
    for (const gates of gateOrders) {
      const expected = reference(values, sizes, gates, 0.75);
      tidy(() => {
        const { y, c } = lstmSequence(lstmTensors(values, sizes), { gates, forgetBias: 0.75 });
        expectAllClose(y, expected.y);
        expectAllClose(c, expected.c);
      });
    }
  });

  test('computes by hand what one unit does in one step', () => {
    tidy(() => {
      const { h, c } = lstmSequence(
        {
          x: tensor3d([2], [1, 1, 1]),
          kernel: zeros([1, 4]),
          recurrent: zeros([1, 4]),
          bias: tensor1d([0, 0, 0, 0]),
          h0: zeros([1, 1]),
          c0: tensor2d([3], [1, 1]),
        },
        { gates: 'ifgo', forgetBias: 0 },
      );
      // Every gate is sigmoid(0) = 1/2 and the candidate tanh(0) = 0.
      expectAllClose(c, [1.5]);
      expectAllClose(h, [0.5 * Math.tanh(1.5)]);
    });
  });

  test('continues a sequence from the state of its first half', () => {
    const sizes = { batch: 2, time: 6, input: 3, units: 5 };
    const half = { ...sizes, time: 3 };
    const values = lstmValues(sizes);
    const attributes = { gates: 'ifgo', forgetBias: 0 };
    const rows = (from: number): Float64Array =>
      Float64Array.from(
        [0, 1].flatMap((b) => [...values.x.slice((b * 6 + from) * 3, (b * 6 + from + 3) * 3)]),
      );
    tidy(() => {
      const whole = lstmSequence(lstmTensors(values, sizes), attributes);
      const first = lstmSequence(lstmTensors({ ...values, x: rows(0) }, half), attributes);
      const second = lstmSequence(
        { ...lstmTensors({ ...values, x: rows(3) }, half), h0: first.h, c0: first.c },
        attributes,
      );
      expectAllClose(second.h, whole.h);
      expectAllClose(second.c, whole.c);
    });
  });

  test('saturates without NaN', () => {
    const sizes = lstmSizes[0]!;
    const values = lstmValues(sizes);
    const huge = { ...values, kernel: values.kernel.map((w) => w * 1000) };
    const expected = reference(huge, sizes);
    tidy(() => {
      const { y } = lstmSequence(lstmTensors(huge, sizes), { gates: 'ifgo', forgetBias: 0 });
      expectAllClose(y, expected.y, { rtol: 1e-4, atol: 1e-5 });
    });
  });

  test('names the input whose shape does not fit', () => {
    const sizes = lstmSizes[0]!;
    tidy(() => {
      const inputs = lstmTensors(lstmValues(sizes), sizes);
      const attributes = { gates: 'ifgo', forgetBias: 0 };
      expect(() => lstmSequence({ ...inputs, kernel: zeros([4, 24]) }, attributes)).toThrow(
        'lstmSequence: expected kernel to be float32 [5, 24], found float32 [4, 24]',
      );
      expect(() => lstmSequence({ ...inputs, h0: zeros([1, 6]) }, attributes)).toThrow(
        'lstmSequence: expected h0 to be float32 [3, 6], found float32 [1, 6]',
      );
      expect(() => lstmSequence({ ...inputs, bias: zeros([24], 'int32') }, attributes)).toThrow(
        'lstmSequence: expected bias to be float32 [24], found int32 [24]',
      );
      expect(() => lstmSequence({ ...inputs, x: zeros([3, 0, 5]) }, attributes)).toThrow(
        'lstmSequence: expected at least one sequence and one step, found x [3, 0, 5]; leave out empty batches.',
      );
    });
  });

  test('refuses gates that are no permutation and a forget bias that is no number', () => {
    const sizes = lstmSizes[0]!;
    tidy(() => {
      const inputs = lstmTensors(lstmValues(sizes), sizes);
      const run = (gates: string, forgetBias: number) => () =>
        lstmSequence(inputs, { gates, forgetBias });
      expect(run('ifgg', 0)).toThrow(BackendError);
      expect(run('ifgg', 0)).toThrow(
        'lstmSequence: expected gates to be a permutation of "ifgo", found "ifgg"',
      );
      expect(run('ifco', 0)).toThrow('use "ifgo" for Keras and PyTorch weights');
      expect(run('ifgo', Number.NaN)).toThrow(
        'lstmSequence: expected forgetBias to be a finite number, found NaN',
      );
    });
  });
});
