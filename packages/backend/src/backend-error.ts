import { coded, CodedError, type MakeError } from '@secateur/input';

/**
 * What went wrong, for code that reacts to it: `argument` (a call's own input), `unavailable` (a backend that does not start or
 * has not been started: take another, or do what the message says), `unsupported` (what this backend cannot compute),
 * `memory` (there is no room for a tensor: a smaller batch may fit), `device-lost` (the device and all tensors on it are gone: a
 * training goes on from its last checkpoint) or `device-error` (the device refused a command, so that what it holds cannot be
 * trusted).
 */
export type BackendErrorCode =
  'argument' | 'unavailable' | 'unsupported' | 'memory' | 'device-lost' | 'device-error';

/**
 * What went wrong when choosing, starting or asking a backend; the message says what to do about it.
 *
 * @example
 * ```ts
 * import { BackendError, useBackend } from '@secateur/backend';
 *
 * // TensorFlow.js has this backend, Secateur does not.
 * const error = await useBackend('webgl' as 'webgpu').catch((reason: unknown) => reason);
 * error instanceof BackendError && error.code; // => argument
 * ```
 */
export class BackendError extends CodedError<BackendErrorCode> {
  /** Always `'BackendError'`. */
  override readonly name: string = 'BackendError';
}

/** An error with the code `argument`. */
export const argumentError: MakeError<BackendError> = coded(BackendError, 'argument');
