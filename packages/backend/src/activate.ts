import { engine, setBackend } from '@tensorflow/tfjs-core';
import { BackendError } from './backend-error.ts';
import { runningBackend } from './running-backend.ts';

/**
 * Makes `tfName` TensorFlow.js's current backend and checks that it is: `setBackend` alone may return false or leave
 * another backend in charge. On failure the backend before stays current and a {@link BackendError} says so.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { getBackend } from '@tensorflow/tfjs-core';
 * import { activate } from '@secateur/backend/kernels';
 *
 * await activate('cpu');
 * getBackend(); // => cpu
 * const failure = await activate('none').catch((error: unknown) => error);
 * String(failure).includes('expected TensorFlow.js to start "none"'); // => true
 * getBackend(); // => cpu
 * ```
 */
export async function activate(tfName: string): Promise<void> {
  if (!(tfName in engine().registryFactory)) {
    throw new BackendError(
      `activate: expected TensorFlow.js to start "${tfName}", found no such backend: it was removed with tf.removeBackend, or its package is not loaded; import its package, or start a new process or load the page again.`,
      { code: 'unavailable' },
    );
  }
  const before = runningBackend();
  let cause: unknown;
  let started = false;
  try {
    started = await setBackend(tfName);
  } catch (error) {
    cause = error;
  }
  if (started && runningBackend() === tfName) return;
  if (before !== undefined && before !== tfName) await setBackend(before);
  const problem =
    cause instanceof Error ? cause.message : 'that it did not start, for a reason on the console';
  throw new BackendError(
    `activate: expected TensorFlow.js to start "${tfName}", found: ${problem}; doctor() says what each backend needs.`,
    { code: 'unavailable', cause },
  );
}
