import { getBackend, setBackend } from '@tensorflow/tfjs-core';
import { BackendError } from './backend-error.ts';

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
  const before = getBackend() as string | undefined;
  let cause: unknown;
  let started = false;
  try {
    started = await setBackend(tfName);
  } catch (error) {
    cause = error;
  }
  const current = getBackend() as string | undefined;
  if (started && current === tfName) return;
  if (before !== undefined && before !== tfName) await setBackend(before);
  const problem =
    cause instanceof Error
      ? cause.message
      : `setBackend returned ${started} and "${current}" in charge`;
  throw new BackendError(
    `activate: expected TensorFlow.js to start "${tfName}", found: ${problem}; doctor() says what each backend needs.`,
    { code: 'unavailable', cause },
  );
}
