import {
  getBackend,
  grad,
  ones,
  scalar,
  square,
  sum,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { describeBackend, expectAllClose, testBackends } from '@secateur/testing';
import { beforeAll, describe, expect, test, vi } from 'vitest';

const ran: string[] = [];

describeBackend('describeBackend', () => {
  test('starts the backend and has gradients', () => {
    ran.push(getBackend());
    tidy(() => {
      const slope = grad((x) => sum(square(x)))(ones([3]));
      expectAllClose(slope, [2, 2, 2]);
    });
  });

  // `fails` turns the failure of the leak check into a pass, and the lack of one into a failure.
  test.fails('fails a test that leaks a tensor', { retry: 0 }, () => {
    scalar(1);
  });
  let outside: Tensor;
  beforeAll(() => {
    outside = scalar(1);
  });
  // A second try would find the tensor gone already.
  test.fails('fails a test that disposes a tensor it did not make', { retry: 0 }, () => {
    outside.dispose();
  });
});

describe('testBackends', () => {
  test('is cpu and wasm unless the environment names others', () => {
    vi.stubEnv('SECATEUR_TEST_BACKENDS', '');
    expect(testBackends()).toEqual(['cpu', 'wasm']);
    vi.stubEnv('SECATEUR_TEST_BACKENDS', 'wasm, webgpu');
    expect(testBackends()).toEqual(['wasm', 'webgpu']);
    vi.unstubAllEnvs();
  });
  test('refuses a name that no backend has, and a list of none, with which nothing would run', () => {
    for (const [list, found] of [
      ['cpu,wsam', 'wsam'],
      [',', ','],
    ] as const) {
      vi.stubEnv('SECATEUR_TEST_BACKENDS', list);
      expect(() => testBackends()).toThrow(
        `expected SECATEUR_TEST_BACKENDS to name some of webgpu, node-gpu, node, wasm, cpu, found "${found}"`,
      );
    }
    vi.unstubAllEnvs();
  });
  test('each of them ran above', () => {
    expect(ran).toEqual(
      testBackends().map((name) => (name.startsWith('node') ? 'tensorflow' : name)),
    );
  });
});
