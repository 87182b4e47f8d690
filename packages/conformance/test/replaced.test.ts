import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { backend, getKernelsForBackend, type KernelConfig } from '@tensorflow/tfjs-core';
import { type BackendName, useBackend } from '@secateur/backend';
import { KERNELS } from '@secateur/backend/kernels';
import '@secateur/backend-wasm';
import { webgpuDriver } from '@secateur/backend-webgpu';
import { describe, expect, test } from 'vitest';
import { documentedReplacements } from '../runner/documented.ts';

const softwareDriver = '/usr/lib/chromium/vk_swiftshader_icd.json';
if (process.env['VK_DRIVER_FILES'] === undefined && existsSync(softwareDriver)) {
  process.env['VK_DRIVER_FILES'] = softwareDriver;
}
const root = join(import.meta.dirname, '../../..');
const documented = documentedReplacements(readFileSync(join(root, 'docs/backends.md'), 'utf8'));
const { available, reason } = await webgpuDriver.probe();
if (!available && process.env['SECATEUR_REQUIRE_WEBGPU'] === '1') throw new Error(reason);

/** Names of the kernels, ours alone left out, that `useBackend` registers in offset of what was there, or of none. */
async function replacedOn(name: BackendName): Promise<string[]> {
  const kernelsNow = (): Map<string, KernelConfig> =>
    new Map(getKernelsForBackend(name).map((config) => [config.kernelName, config]));
  const before = kernelsNow();
  expect(before.size).toBeGreaterThan(100);
  await useBackend(name);
  const ours: readonly string[] = Object.values(KERNELS);
  return [...kernelsNow()]
    .filter(([kernel, config]) => before.get(kernel) !== config && !ours.includes(kernel))
    .map(([kernel]) => kernel)
    .sort();
}

describe('the kernels that docs/backends.md says are replaced', () => {
  test.each(['cpu', 'wasm'] as const)('are those of %s', async (name) => {
    expect(await replacedOn(name)).toEqual([...documented[name]!].sort());
  });
  test.skipIf(!available)(`are those of webgpu${available ? '' : `: ${reason}`}`, async () => {
    const { create, globals } = await import('webgpu');
    Object.assign(globalThis, globals);
    const { navigator } = globalThis as { navigator?: object };
    if (navigator === undefined) Object.defineProperty(globalThis, 'navigator', { value: {} });
    Object.defineProperty(globalThis.navigator, 'gpu', { value: create([]) });
    await import('@tensorflow/tfjs-backend-webgpu');
    expect(await replacedOn('webgpu')).toEqual([...documented['webgpu']!].sort());
    (backend() as unknown as { device: { destroy(): void } }).device.destroy();
  });
});
