import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { missingDevice } from '../src/cuda-device.ts';

const only =
  (...devices: string[]) =>
  (file: string): boolean =>
    devices.includes(file);

describe('missingDevice', () => {
  beforeEach(() => {
    vi.stubEnv('SECATEUR_NODE_GPU', undefined);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  test('wants a device file on Linux, and on the Linux of Windows', () => {
    expect(missingDevice('linux', only())?.reason).toBe(
      'there is no NVIDIA device here (/dev/nvidiactl)',
    );
    expect(missingDevice('linux', only('/dev/nvidiactl'))).toBeUndefined();
    expect(missingDevice('linux', only('/dev/dxg'))).toBeUndefined();
  });
  test('leaves Windows to TensorFlow, as no file tells there', () => {
    expect(missingDevice('win32', only())).toBeUndefined();
  });
  test('knows that macOS has none', () => {
    expect(missingDevice('darwin', only('/dev/nvidiactl'))).toEqual({
      available: false,
      reason: 'there is no CUDA on macOS',
      fix: 'use the backend webgpu, which takes Metal, or node',
    });
  });
  test('is not asked where the package shall compute on the CPU', () => {
    vi.stubEnv('SECATEUR_NODE_GPU', 'cpu');
    for (const platform of ['linux', 'darwin'] as const) {
      expect(missingDevice(platform, only())).toBeUndefined();
    }
  });
});
