import {
  add,
  concat,
  env,
  max,
  memory,
  mul,
  ones,
  sum,
  tensor1d,
  tensor2d,
  tidy,
  type Tensor2D,
  zeros,
} from '@tensorflow/tfjs-core';
import { BackendError, useBackend } from '@secateur/backend';
import { sparseSoftmaxCrossEntropy } from '@secateur/backend/kernels';
import { afterAll, describe, expect, test } from 'vitest';
import { makeOutput, run, type Program } from '../src/program.ts';
import { running, whyMissing } from './describe-webgpu.ts';
import { withLimits } from './small-limits.ts';
import { made } from './values.ts';

const double: Program = {
  name: 'double',
  main: 'if (lane < 4u) { out[lane] = 2.0 * x[lane]; }',
};
const nonsense: Program = { name: 'nonsense', main: 'out[lane] = twice(x[lane]);' };

/** Runs a program of four entries outside the engine and reads what it wrote. */
async function output(program: Program): Promise<unknown> {
  const backend = running();
  const x = backend.makeTensorInfo([4], 'float32', Float32Array.of(1, 2, 3, 4));
  const out = makeOutput(backend, [4]);
  run(backend, program, { inputs: { x }, outputs: { out } }, {}, 1);
  try {
    return Array.from((await backend.read(out.dataId)) as Float32Array);
  } finally {
    for (const { dataId } of [x, out]) backend.disposeData(dataId);
  }
}

const missing = await whyMissing();
// Small tensors would be computed on the CPU, where nothing is lost.
if (missing === undefined) env().set('WEBGPU_CPU_FORWARD', false);

describe.skipIf(missing !== undefined)(
  `guard${missing === undefined ? '' : `: ${missing}`}`,
  () => {
    afterAll(async () => {
      const { device } = running();
      await device.queue.onSubmittedWorkDone();
      device.destroy();
    });

    test('a refused program is an error at the read, not the right answer of the call before', async () => {
      await useBackend('webgpu');
      expect(await output(double)).toEqual([2, 4, 6, 8]);
      const error: unknown = await output(nonsense).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(BackendError);
      expect(error).toMatchObject({ code: 'device-error' });
      expect((error as Error).message).toMatch(
        /^useBackend webgpu: expected the GPU device to take every command, found: [^]*unresolved call target 'twice'[^]*; results since then cannot be trusted, so call useBackend\('webgpu'\) again and restart from the last checkpoint\.$/,
      );
      // It stays so: what was computed in between may be wrong.
      expect(() => add(1, 2)).toThrow('results since then cannot be trusted');
    });

    test('starting again after an error gives a device that works', async () => {
      await useBackend('webgpu');
      expect(await output(double)).toEqual([2, 4, 6, 8]);
      const x = ones([3]);
      expect(Array.from(await x.data())).toEqual([1, 1, 1]);
      x.dispose();
    });

    test('starting again without an error keeps the device and its tensors', async () => {
      await useBackend('webgpu');
      const backend = running();
      const x = tidy(() => mul(ones([5]), 3));
      await useBackend('webgpu');
      expect(running()).toBe(backend);
      expect(Array.from(await x.data())).toEqual([3, 3, 3, 3, 3]);
      x.dispose();
    });

    test('a lost device is an error at the next kernel and the next read', async () => {
      await useBackend('webgpu');
      const { device } = running();
      const x = tidy(() => mul(tensor1d([1, 2, 3]), 2));
      device.destroy();
      await device.lost;
      const message =
        /^useBackend webgpu: expected a working GPU device, found that it was lost \(destroyed.*\), with all tensors on it; call useBackend\('webgpu'\) again and restart from the last checkpoint\.$/;
      expect(() => mul(x, x)).toThrow(message);
      await expect(x.data()).rejects.toThrow(message);
      await expect(x.data()).rejects.toMatchObject({ name: 'BackendError', code: 'device-lost' });
      x.dispose();
    });

    test('a device that is lost while a read waits is an error too, never zeros', async () => {
      await useBackend('webgpu');
      const x = tidy(() => mul(tensor1d([1, 2, 3]), 2));
      const { device } = running();
      const reading = x.data();
      device.destroy();
      await expect(reading).rejects.toMatchObject({ code: 'device-lost' });
      x.dispose();
    });

    test('a read right after the loss, before anybody could hear of it, is an error', async () => {
      await useBackend('webgpu');
      const x = tidy(() => mul(tensor1d([1, 2, 3]), 2));
      running().device.destroy();
      await expect(x.data()).rejects.toMatchObject({ code: 'device-lost' });
      x.dispose();
    });

    test('a restart after a loss computes, and old tensors stay errors that can be disposed', async () => {
      await useBackend('webgpu');
      const before = memory().numTensors;
      const old = tidy(() => mul(tensor1d([1, 2, 3]), 2));
      const { device } = running();
      device.destroy();
      await device.lost;
      await useBackend('webgpu');
      const fresh = tidy(() => mul(tensor1d([1, 2, 3]), 5));
      expect(Array.from(await fresh.data())).toEqual([5, 10, 15]);
      await expect(old.data()).rejects.toMatchObject({ code: 'device-lost' });
      old.dispose();
      fresh.dispose();
      expect(memory().numTensors).toBe(before);
    });

    test('a synchronous read outside a browser says what to do', async () => {
      await useBackend('webgpu');
      const x = tidy(() => add(tensor1d([1, 2, 3, 4]), tensor1d([1, 1, 1, 1])));
      running().uploadToGPU(x.dataId);
      const made = tidy(() => mul(x, x));
      running().uploadToGPU(made.dataId);
      const big = tidy(() => mul(ones([2000]), 2));
      expect(() => big.dataSync()).toThrow(expect.objectContaining({ code: 'unsupported' }));
      expect(() => big.dataSync()).toThrow(
        'webgpu: expected an asynchronous read, found dataSync or arraySync outside a browser; use await tensor.data().',
      );
      for (const each of [x, made, big]) each.dispose();
    });

    test('a tensor that does not fit the limits is an error, and smaller ones go on', async () => {
      await useBackend('webgpu');
      const limits = { maxStorageBufferBindingSize: 8000, maxBufferSize: 16000 };
      await withLimits(limits, async () => {
        expect(() => tidy(() => mul(zeros([2001]), 2))).toThrow(
          expect.objectContaining({ code: 'memory' }),
        );
        expect(() => tidy(() => mul(zeros([2001]), 2))).toThrow(
          "webgpu: expected tensors of at most 8000 bytes, the adapter's maxStorageBufferBindingSize, found one of 8004; take a smaller batch, fewer steps or a smaller vocabulary, or another backend.",
        );
        const fits = tidy(() => mul(ones([2000]), 2));
        expect((await fits.data()).every((value) => value === 2)).toBe(true);
        fits.dispose();
      });
      await withLimits({ maxStorageBufferBindingSize: 16000, maxBufferSize: 8000 }, () => {
        expect(() => tidy(() => mul(zeros([2001]), 2))).toThrow("the adapter's maxBufferSize");
      });
    });

    test('what does not fit is an error before anything is written', async () => {
      await useBackend('webgpu');
      await withLimits({ maxComputeWorkgroupsPerDimension: 2 }, () => {
        const logits = made([5, 2], 1) as Tensor2D;
        const labels = tensor1d([0, 1, 0, 1, 0], 'int32');
        expect(() => sparseSoftmaxCrossEntropy(logits, labels)).toThrow(
          '2 x 2 workgroups, found 5',
        );
        logits.dispose();
        labels.dispose();
      });
    });

    test('a stock kernel over nothing is an error and not what the memory held', async () => {
      await useBackend('webgpu');
      tidy(() => {
        expect(() => max(zeros([0, 3]))).toThrow(
          'webgpu: expected tensors with entries, found x of shape [0, 3] in ReduceProgram; leave out what is empty, or compute this on wasm.',
        );
      });
      // What has an answer is computed.
      const found = tidy(() => [
        sum(zeros([0])),
        sum(zeros([2, 0]), 1),
        sum(zeros([2, 0]), 0),
        concat([zeros([2, 0]), tensor2d([[1], [2]])], 1),
      ]);
      const values = await Promise.all(found.map((each) => each.data()));
      expect(values.map((each) => Array.from(each))).toEqual([[0], [0, 0], [], [1, 2]]);
      for (const each of found) each.dispose();
    });
  },
);
