import { type DoctorReport, doctor, formatDoctor, useBackend } from '@secateur/backend';
import { registerDriver } from '@secateur/backend/kernels';
import { describe, expect, test } from 'vitest';
import { withoutPackages } from './absent-packages.ts';

withoutPackages();

describe('doctor', () => {
  test('reports every backend, best first, without starting any', async () => {
    await useBackend('cpu');
    // Whether native TensorFlow is here must not decide what this test sees.
    for (const name of ['node-gpu', 'node'] as const) {
      registerDriver({
        name,
        module: 'fake',
        probe: () => Promise.resolve({ available: false, reason: 'not here' }),
        start: () => Promise.resolve(),
      });
    }
    const { backends, versions } = await doctor();
    expect(backends.map(({ name, available, current }) => [name, available, current])).toEqual([
      ['webgpu', false, false],
      ['node-gpu', false, false],
      ['node', false, false],
      ['wasm', true, false],
      ['cpu', true, true],
    ]);
    expect(backends[0]).toMatchObject({
      module: '@secateur/absent-webgpu',
      reason: '@secateur/absent-webgpu is not installed',
    });
    expect(versions).toMatchObject({
      '@tensorflow/tfjs-backend-wasm': '4.22.0',
      '@tensorflow/tfjs-backend-cpu': '4.22.0',
    });
  });

  test('reports a probe that throws as a backend that is missing', async () => {
    registerDriver({
      name: 'webgpu',
      module: 'fake',
      probe: () => Promise.reject(new Error('no Vulkan')),
      start: () => Promise.resolve(),
    });
    expect((await doctor()).backends[0]).toMatchObject({ available: false, reason: 'no Vulkan' });
  });
});

describe('formatDoctor', () => {
  test('prints a line per backend and its fix below', () => {
    const report: DoctorReport = {
      backends: [
        {
          name: 'webgpu',
          module: 'm',
          available: false,
          current: false,
          reason: 'no adapter',
          fix: 'do this',
        },
        { name: 'wasm', module: 'm', available: true, current: true, reason: 'fast' },
        { name: 'cpu', module: 'm', available: true, current: false, reason: 'slow' },
      ],
      versions: { node: '20', core: '4' },
    };
    expect(formatDoctor(report).split('\n')).toEqual([
      'webgpu  missing  no adapter',
      '                 fix: do this',
      'wasm    running  fast',
      'cpu     ready    slow',
      '',
      'node 20, core 4',
    ]);
  });
});
