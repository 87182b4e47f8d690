import { getBackend, matMul, memory, tensor2d } from '@tensorflow/tfjs-core';
import {
  BackendError,
  type BackendName,
  describe as describeCurrent,
  useBackend,
} from '@secateur/backend';
import { type Availability, type BackendDriver, registerDriver } from '@secateur/backend/kernels';
import { expectAllClose } from '@secateur/testing';
import { describe, expect, test } from 'vitest';
import { withoutPackages } from './absent-packages.ts';

withoutPackages();

function fakeDriver(
  name: BackendName,
  state: Availability,
  start = () => Promise.resolve(),
): BackendDriver {
  return { name, module: `fake-${name}`, probe: () => Promise.resolve(state), start };
}

describe('useBackend', () => {
  test('starts the named backend and computes on it', async () => {
    for (const name of ['cpu', 'wasm'] as const) {
      const description = await useBackend(name);
      expect(description.name).toBe(name);
      expect(description.reason).toContain('asked for; ');
      expect(description.skipped).toEqual([]);
      expect(description.versions['@tensorflow/tfjs-core']).toBe('4.22.0');
      expect(description.versions[`@tensorflow/tfjs-backend-${name}`]).toBe('4.22.0');
      expect(description.versions['node']).toBe(process.versions.node);
      expect(getBackend()).toBe(name);
      const before = memory().numTensors;
      const a = tensor2d([[1, 2]]);
      const b = tensor2d([[3], [4]]);
      const c = matMul(a, b);
      expectAllClose(c, [11]);
      [a, b, c].forEach((x) => {
        x.dispose();
      });
      expect(memory().numTensors).toBe(before);
    }
  });

  test('auto takes the best that starts and says why the better ones were skipped', async () => {
    const description = await useBackend('auto');
    expect(description.name).toBe('wasm');
    expect(description.skipped.map(({ name }) => name)).toEqual(['webgpu', 'node-gpu', 'node']);
    expect(description.skipped[0]).toEqual({
      name: 'webgpu',
      reason: '@secateur/absent-webgpu is not installed',
      fix: 'npm install @secateur/backend-webgpu @tensorflow/tfjs-backend-webgpu@4.22.0 webgpu@0.6.2',
    });
    expect(description.skipped[1]?.reason).toBe('@secateur/absent-node is not installed');
    // Without the option npm may leave out the script that downloads TensorFlow.
    expect(description.skipped.slice(1).map(({ fix }) => fix)).toEqual(
      ['tfjs-node-gpu', 'tfjs-node'].map(
        (name) =>
          `npm install @secateur/backend-node @tensorflow/${name}@4.22.0 --ignore-scripts=false`,
      ),
    );
  });

  test('auto is the default', async () => {
    expect((await useBackend()).name).toBe('wasm');
  });

  test('auto passes over a backend that cannot run here, that fails to start and that falls back', async () => {
    registerDriver(
      fakeDriver('webgpu', { available: false, reason: 'no adapter', fix: 'install a driver' }),
    );
    registerDriver(
      fakeDriver('node', { available: true, reason: 'fine' }, () =>
        Promise.reject(new Error('no libtensorflow')),
      ),
    );
    let { skipped } = await useBackend('auto');
    expect(skipped[0]).toEqual({
      name: 'webgpu',
      reason: 'no adapter',
      fix: 'install a driver',
    });
    expect(skipped[2]).toEqual({ name: 'node', reason: 'no libtensorflow' });

    registerDriver(fakeDriver('node', { available: true, reason: 'fine' }));
    ({ skipped } = await useBackend('auto'));
    expect(skipped[2]?.reason).toBe('TensorFlow.js fell back to "wasm"');
    expect(getBackend()).toBe('wasm');
  });

  test('auto passes over a backend that is not for automatic use; its name takes it', async () => {
    let starts = 0;
    registerDriver(
      fakeDriver(
        'webgpu',
        { available: true, automatic: false, reason: 'software only', fix: 'a GPU driver' },
        () => Promise.resolve(void starts++),
      ),
    );
    const { name, skipped } = await useBackend('auto');
    expect(name).toBe('wasm');
    expect(skipped[0]).toEqual({ name: 'webgpu', reason: 'software only', fix: 'a GPU driver' });
    expect(starts).toBe(0);
    // The fake starts nothing, so that TensorFlow.js stays where it was; but it was asked to.
    await expect(useBackend('webgpu')).rejects.toThrow('TensorFlow.js fell back to "wasm"');
    expect(starts).toBe(1);
  });

  test('a named backend that is not installed is an error with the fix', async () => {
    await useBackend('cpu');
    await expect(useBackend('webgpu')).rejects.toMatchObject({ code: 'unavailable' });
    await expect(useBackend('webgpu')).rejects.toThrow(
      /^useBackend: expected to start webgpu, found: @secateur\/absent-webgpu is not installed; npm install @secateur\/backend-webgpu /,
    );
    await expect(useBackend('webgpu')).rejects.toBeInstanceOf(BackendError);
    expect(getBackend()).toBe('cpu');
    expect(describeCurrent().name).toBe('cpu');
  });

  test('keeps the cause of a start that failed', async () => {
    const cause = new Error('device lost');
    registerDriver(
      fakeDriver('webgpu', { available: true, reason: 'fine' }, () => Promise.reject(cause)),
    );
    const error: unknown = await useBackend('webgpu').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: 'BackendError',
      message:
        'useBackend: expected to start webgpu, found: device lost; run doctor() for the state of every backend.',
      cause,
    });
  });

  test('refuses a name it does not know', async () => {
    await expect(useBackend('cuda' as BackendName)).rejects.toMatchObject({ code: 'argument' });
    await expect(useBackend('cuda' as BackendName)).rejects.toThrow(
      'useBackend: expected one of auto, webgpu, node-gpu, node, wasm, cpu, found "cuda"; choose one of these.',
    );
  });
});

test.each(['auto', 'wasm', 'cpu'] as const)(
  '%s refuses threads that are none, as a wrong argument',
  async (name) => {
    for (const threads of [0, -1, 1.5, NaN, '2' as never, null as never]) {
      const attempt = useBackend(name, { threads });
      await expect(attempt).rejects.toMatchObject({ code: 'argument' });
      await expect(attempt).rejects.toThrow(
        `useBackend: expected threads to be a whole number from 1, found ${String(threads)}; leave it out to use every core.`,
      );
    }
  },
);

test.each([
  [{ thread: 1 }, 'options among threads, binaries, found "thread"; correct it or leave it out.'],
  [null, 'an object of options (threads, binaries), found null; pass one.'],
  [2, 'an object of options (threads, binaries), found 2; pass one.'],
])('refuses %j as options', async (options, expected) => {
  const attempt = useBackend('cpu', options as never);
  await expect(attempt).rejects.toMatchObject({ code: 'argument' });
  await expect(attempt).rejects.toThrow(`useBackend: expected ${expected}`);
});

test('auto passes over no backend that refuses an argument', async () => {
  const refusal = new BackendError('no such folder', { code: 'argument' });
  registerDriver(
    fakeDriver('webgpu', { available: true, reason: 'fine' }, () => Promise.reject(refusal)),
  );
  await expect(useBackend('auto')).rejects.toBe(refusal);
});

describe('registerDriver', () => {
  test('refuses a name it does not know', () => {
    expect(() => {
      registerDriver(fakeDriver('cuda' as BackendName, { available: true, reason: '' }));
    }).toThrow(
      'registerDriver: expected a driver named webgpu, node-gpu, node, wasm, cpu, found "cuda"',
    );
  });
});
