import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { adapterName, isSoftware } from '../src/adapter.ts';

function adapter(info: Partial<GPUAdapterInfo>, more: object = {}): GPUAdapter {
  const empty = { vendor: '', architecture: '', device: '', description: '' };
  return { info: { ...empty, isFallbackAdapter: false, ...info }, ...more } as GPUAdapter;
}

describe('adapterName', () => {
  test('puts together what is there, each once', () => {
    expect(adapterName(adapter({ vendor: 'nvidia', architecture: 'ampere' }))).toBe(
      'nvidia ampere',
    );
    expect(adapterName(adapter({ vendor: 'x', architecture: 'x', device: 'y' }))).toBe('x y');
    expect(adapterName(adapter({ device: 'y', description: 'z' }))).toBe('z');
    expect(adapterName(adapter({}))).toBe('unnamed adapter');
  });
});

describe('isSoftware', () => {
  test('believes an adapter that says so, by the new name or the old', () => {
    expect(isSoftware(adapter({ vendor: 'google', isFallbackAdapter: true }))).toBe(true);
    expect(isSoftware(adapter({ vendor: 'google' }, { isFallbackAdapter: true }))).toBe(true);
  });
  test('knows software drivers that do not say so', () => {
    for (const description of [
      'SwiftShader Device',
      'llvmpipe (LLVM 15)',
      'Microsoft Basic Render Driver',
    ]) {
      expect(isSoftware(adapter({ description })), description).toBe(true);
    }
  });
  test('takes others for a GPU', () => {
    expect(isSoftware(adapter({ vendor: 'amd', architecture: 'rdna-3' }))).toBe(false);
    expect(isSoftware(adapter({}))).toBe(false);
  });
});

// A process that never had a driver: the loader of Vulkan reads its environment once.
function inProcess(program: string, env: Record<string, string>): string {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--conditions=@whittle/source', '--import', 'tsx', '--input-type=module', '-e', program],
    { cwd: new URL('..', import.meta.url), encoding: 'utf8', env: { ...process.env, ...env } },
  );
  if (status !== 0) throw new Error(`exit ${String(status)}: ${stderr}`);
  return stdout.trim();
}

describe('without a driver', () => {
  const nowhere = { VK_DRIVER_FILES: '/nowhere/icd.json' };
  const shader = '/usr/lib/chromium/vk_swiftshader_icd.json';
  const install = existsSync(shader) ? '' : 'apt-get install chromium-common libvulkan1, then ';
  const reason = 'Dawn finds no GPU driver (VK_DRIVER_FILES=/nowhere/icd.json)';
  const fix = `install the Vulkan driver of the GPU; without a GPU, on Debian: ${install}set VK_DRIVER_FILES=${shader}`;

  test('probe says what to do, start throws it, and TensorFlow.js stays where it was', () => {
    const out = inProcess(
      `import { webgpuDriver } from '@whittle/backend-webgpu';
       import { useBackend } from '@whittle/backend';
       import { getBackend } from '@tensorflow/tfjs-core';
       await useBackend('cpu');
       const state = await webgpuDriver.probe();
       const started = await webgpuDriver.start({}).catch((error) => error.message);
       const used = await useBackend('webgpu').catch((error) => error.message);
       console.log(JSON.stringify({ state, started, used, backend: getBackend() }));`,
      nowhere,
    );
    expect(JSON.parse(out.split('\n').at(-1)!)).toEqual({
      state: { available: false, reason, fix },
      started: `useBackend webgpu: expected an adapter, found: ${reason}; ${fix}.`,
      used: `useBackend: expected to start webgpu, found: ${reason}; ${fix}.`,
      backend: 'cpu',
    });
  });
});
