import { getBackend } from '@tensorflow/tfjs-core';

/**
 * Whether a tensor of the active backend can be read at once, without waiting for a device: on cpu, wasm and native TensorFlow.
 *
 * @example
 * ```ts
 * import { useBackend } from '@secateur/backend';
 * import { readsAtOnce } from '@secateur/backend/kernels';
 *
 * await useBackend('cpu');
 * readsAtOnce(); // => true
 * ```
 */
export function readsAtOnce(): boolean {
  return ['cpu', 'wasm', 'tensorflow'].includes(getBackend());
}
