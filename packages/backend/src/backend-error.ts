/** What went wrong when choosing, starting or asking a backend; the message says what to do about it. */
export class BackendError extends Error {
  override readonly name: string = 'BackendError';
  /** What a program may want to tell apart; absent for everything else. */
  declare readonly code?: BackendErrorCode;

  constructor(message: string, options?: ErrorOptions & { readonly code?: BackendErrorCode }) {
    super(message, options);
    if (options?.code !== undefined) this.code = options.code;
  }
}

/**
 * `device-lost`: the backend's device and all tensors on it are gone; a training goes on from its last checkpoint.
 * `device-error`: the device refused a command, so that what it holds cannot be trusted.
 */
export type BackendErrorCode = 'device-lost' | 'device-error';
