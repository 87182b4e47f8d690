import { memory } from '@tensorflow/tfjs-core';
import { useBackend, type BackendName } from '@secateur/backend';
import '@secateur/backend-node';
import '@secateur/backend-wasm';
import { afterEach, beforeAll, beforeEach, describe } from 'vitest';
import { moveMemoryUp } from './fill-memory.ts';

// These run wherever npm packages install, so on them a failure to start is a failed test, never a skip.
const everywhere: readonly string[] = ['cpu', 'wasm'];

const known: readonly string[] = Object.keys({
  webgpu: true,
  'node-gpu': true,
  node: true,
  wasm: true,
  cpu: true,
} satisfies Record<BackendName, true>);

/**
 * Lists the backends to test on: `SECATEUR_TEST_BACKENDS` (comma separated), else cpu and wasm. A name that none has is an error, as all
 * its tests would be skipped, and so is a list of none.
 */
export function testBackends(): BackendName[] {
  const expected = process.env['SECATEUR_TEST_BACKENDS'] ?? '';
  if (expected === '') return everywhere as BackendName[];
  const names = expected.split(',').flatMap((name) => name.trim() || []);
  const other = names.find((name) => !known.includes(name));
  if (names.length > 0 && other === undefined) return names as BackendName[];
  throw new RangeError(
    `describeBackend: expected SECATEUR_TEST_BACKENDS to name some of ${known.join(', ')}, found "${other ?? expected}"; separate them by commas.`,
  );
}

/** Whether the environment says that a backend must be here, as CI does for native TensorFlow and WebGPU. */
const isRequired = (backend: BackendName): boolean =>
  process.env[`SECATEUR_REQUIRE_${backend.toUpperCase()}`] === '1';

/**
 * Runs `body` as one `describe` per backend, with that backend started, and fails each test that leaves more or
 * fewer tensors alive than it found. A backend that cannot start here skips its tests, and each says why;
 * cpu and wasm fail them, and so do node with `SECATEUR_REQUIRE_NODE=1` and webgpu with `SECATEUR_REQUIRE_WEBGPU=1`.
 */
export function describeBackend(name: string, body: () => void): void {
  for (const backend of testBackends()) {
    describe(`${name} [${backend}]`, () => {
      let missing: string | undefined;
      let before = 0;

      beforeAll(async () => {
        try {
          await useBackend(backend);
          moveMemoryUp();
        } catch (error) {
          if (everywhere.includes(backend) || isRequired(backend)) throw error;
          missing = error instanceof Error ? error.message : String(error);
        }
      });
      beforeEach((context) => {
        if (missing !== undefined) context.skip(`${backend} skipped: ${missing}`);
        before = memory().numTensors;
      });
      // Registered before the body's own hooks, so it runs after them: what they dispose is not a leak.
      afterEach(() => {
        if (missing !== undefined) return;
        const left = memory().numTensors - before;
        if (left !== 0) {
          throw new Error(
            `describeBackend: expected as many tensors after the test as before (${before}), found ${left > 0 ? '+' : ''}${left}; dispose them or wrap the test in tidy.`,
          );
        }
      });

      body();
    });
  }
}
