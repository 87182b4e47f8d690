import { existsSync } from 'node:fs';
import { backend, grad, memory, reshape, sum, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { useBackend } from '@secateur/backend';
import { recurrentSequence } from '@secateur/backend/kernels';
import { lstmCell } from '@secateur/kernels';
import { nodeGpuDriver } from '@secateur/backend-node';
import { expectAllClose, finiteDifference, lstmReference } from '@secateur/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeNative } from './native.ts';

// The package for CUDA over the CPU's library: all of it but the device.
await describeNative('tfjs-node-gpu on its CPU device', () => {
  beforeEach(() => {
    process.env['SECATEUR_NODE_GPU'] = 'cpu';
  });
  afterEach(() => {
    delete process.env['SECATEUR_NODE_GPU'];
  });

  test('starts, says that it has no device, and differentiates an LSTM', async () => {
    const { features, versions } = await useBackend('node-gpu');
    expect(features['device']).toBe('CPU');
    expect(versions['@tensorflow/tfjs-node-gpu']).toBe('4.22.0');
    expect((backend() as unknown as { isGPUPackage: boolean }).isGPUPackage).toBe(true);

    const [batch, time, input, units] = [2, 3, 2, 3];
    const draw = (size: number, seed: number): number[] =>
      Array.from({ length: size }, (_, at) => Math.sin(seed + 1.7 * at) / 2);
    const x = draw(batch * time * input, 1);
    const kernel = draw(input * 4 * units, 2);
    const recurrent = draw(units * 4 * units, 3);
    const bias = draw(4 * units, 4);
    const before = memory().numTensors;
    tidy(() => {
      const actual = grad((weights) =>
        sum(
          recurrentSequence(
            lstmCell,
            {
              x: reshape(tensor2d(x, [batch, time * input]), [batch, time, input]),
              weights: {
                kernel: tensor2d(kernel, [input, 4 * units]),
                recurrent: weights,
                bias: reshape(tensor2d(bias, [1, 4 * units]), [4 * units]),
              },
            },
            { order: 'iofg', settings: { forgetBias: 1 } },
          ).y,
        ),
      )(tensor2d(recurrent, [units, 4 * units]));
      const expected = finiteDifference(
        (weights) =>
          lstmReference({
            x,
            kernel,
            recurrent: weights,
            bias,
            batch,
            time,
            input,
            units,
            gates: 'iofg',
            forgetBias: 1,
          }).y.reduce((total, value) => total + value, 0),
        Float64Array.from(recurrent),
      );
      expectAllClose(actual, expected, { rtol: 1e-4, atol: 1e-5 });
    });
    expect(memory().numTensors).toBe(before);
  });

  const mayHaveDevice =
    process.platform !== 'linux' || existsSync('/dev/nvidiactl') || existsSync('/dev/dxg');
  test.skipIf(mayHaveDevice)(
    'does not take the CPU for a device unless it is told to',
    async () => {
      delete process.env['SECATEUR_NODE_GPU'];
      expect((await nodeGpuDriver.probe()).reason).toMatch(/no NVIDIA device/);
      await expect(nodeGpuDriver.start({})).rejects.toThrow(
        /expected TensorFlow to find a CUDA device/,
      );
    },
  );
});
