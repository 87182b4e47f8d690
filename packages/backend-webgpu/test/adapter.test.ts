import { spawnSync } from 'node:child_process';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { adapterName, findAdapter, isSoftware } from '../src/adapter.ts';

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

describe('findAdapter', () => {
  afterEach(() => vi.unstubAllGlobals());
  const stub = (requestAdapter: () => Promise<GPUAdapter | null>): void => {
    vi.stubGlobal('navigator', { gpu: { requestAdapter } });
  };

  test('takes what the engine has, and installs nothing there', async () => {
    const found = adapter({ vendor: 'amd' });
    stub(() => Promise.resolve(found));
    const search = await findAdapter();
    expect(search).toMatchObject({ adapter: found });
    if ('adapter' in search) search.install();
  });
  test('has a reason and a fix where there is none, and where asking fails', async () => {
    stub(() => Promise.resolve(null));
    expect(await findAdapter()).toMatchObject({ reason: expect.stringMatching(/^Dawn finds no/) });
    stub(() => Promise.reject(new Error('the GPU process crashed')));
    expect(await findAdapter()).toMatchObject({
      reason: expect.stringMatching(/^Dawn finds no GPU driver.*: the GPU process crashed$/),
      fix: expect.stringContaining('apt-get install chromium-common libvulkan1'),
    });
  });
  test('tells a page that is not secure from a browser without WebGPU', async () => {
    vi.stubGlobal('navigator', {});
    vi.stubGlobal('process', undefined);
    vi.stubGlobal('isSecureContext', false);
    const insecure = await findAdapter();
    vi.stubGlobal('isSecureContext', true);
    const old = await findAdapter();
    vi.stubGlobal('navigator', { gpu: { requestAdapter: () => Promise.resolve(null) } });
    const none = await findAdapter();
    expect([insecure, old, none]).toEqual([
      {
        reason: 'browsers have WebGPU only on secure pages, and this one is not',
        fix: 'serve the page over https, or from localhost',
      },
      {
        reason: 'this browser has no WebGPU',
        fix: 'use a current Chrome, Edge, Firefox or Safari, and see that WebGPU is not switched off',
      },
      {
        reason: 'the browser gives no GPU adapter',
        fix: 'see chrome://gpu or about:support for the reason, and update the driver of the GPU',
      },
    ]);
  });
});

// A process that never had a driver: the loader of Vulkan reads its environment once.
function inProcess(program: string, env: Record<string, string>): string {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--conditions=@secateur/source', '--import', 'tsx', '--input-type=module', '-e', program],
    { cwd: import.meta.dirname, encoding: 'utf8', env: { ...process.env, ...env } },
  );
  if (status !== 0) throw new Error(`exit ${String(status)}: ${stderr}`);
  return stdout.trim();
}

// On other systems WebGPU does not go through Vulkan's loader, so that its driver cannot be taken away.
describe.skipIf(process.platform !== 'linux')('without a driver', () => {
  const nowhere = { VK_DRIVER_FILES: '/nowhere/icd.json' };
  const shader = '/usr/lib/chromium/vk_swiftshader_icd.json';
  const reason = 'Dawn finds no GPU driver (VK_DRIVER_FILES=/nowhere/icd.json)';
  const fix = `install the driver of the GPU; without a GPU, on Debian: apt-get install chromium-common libvulkan1, then set VK_DRIVER_FILES=${shader}`;

  test('probe says what to do, start throws it, and TensorFlow.js stays where it was', () => {
    const out = inProcess(
      `import { webgpuDriver } from '@secateur/backend-webgpu';
       import { useBackend } from '@secateur/backend';
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
