import { existsSync } from 'node:fs';
import { backend, env, memory } from '@tensorflow/tfjs-core';
import { useBackend } from '@secateur/backend';
import '@secateur/backend-webgpu';
import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest';
import type { GpuBackend } from '../src/gpu-backend.ts';
import { failureOf } from '../src/guard.ts';

const swiftShader = '/usr/lib/chromium/vk_swiftshader_icd.json';
if (process.env['VK_DRIVER_FILES'] === undefined && existsSync(swiftShader)) {
  process.env['VK_DRIVER_FILES'] = swiftShader;
}

/** The running backend with what is private of it. */
export function running(): GpuBackend & { numDataIds(): number } {
  return backend() as unknown as GpuBackend & { numDataIds(): number };
}

/** Why there is no WebGPU here, or undefined; with SECATEUR_REQUIRE_WEBGPU=1 that is an error. */
export async function whyMissing(): Promise<string | undefined> {
  try {
    await useBackend('webgpu');
    return undefined;
  } catch (error) {
    if (process.env['SECATEUR_REQUIRE_WEBGPU'] === '1') throw error;
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * Runs `body` as a `describe` with the WebGPU backend started. A test fails when it leaves tensors, or data that only the
 * backend knows of, and when the device reports an error. Without an adapter the tests skip and say why. One to a file: the
 * device is destroyed at the end.
 */
export function describeWebgpu(name: string, body: () => void): void {
  describe(`${name} [webgpu]`, () => {
    let missing: string | undefined;
    let before = [0, 0];
    const alive = (): [number, number] => [memory().numTensors, running().numDataIds()];

    beforeAll(async () => {
      missing = await whyMissing();
      // By default small tensors are computed on the CPU, by other kernels than those to be tested.
      if (missing === undefined) env().set('WEBGPU_CPU_FORWARD', false);
    });
    beforeEach((context) => {
      if (missing !== undefined) context.skip(`webgpu skipped: ${missing}`);
      before = alive();
    });
    afterEach(async () => {
      if (missing !== undefined) return;
      const failure = failureOf(running());
      if (failure !== undefined) throw failure;
      await running().device.queue.onSubmittedWorkDone();
      const after = alive();
      if (after.join() === before.join()) return;
      throw new Error(
        `describeWebgpu: expected as many tensors and data after the test as before (${before.join(', ')}), found ${after.join(', ')}; dispose them or wrap the test in tidy.`,
      );
    });
    afterAll(async () => {
      if (missing !== undefined) return;
      const { device } = running();
      await device.queue.onSubmittedWorkDone();
      device.destroy();
    });

    body();
  });
}
