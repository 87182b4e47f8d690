import { messageText } from '@secateur/input';

/** What every function of this package throws when a cell, a size or a name does not fit. */
export class KernelError extends Error {
  /** Always `'KernelError'`. */
  override readonly name = 'KernelError';

  /** Makes an error; what `message` quotes is cut and escaped, `cause` is the error behind it. */
  constructor(message: string, options?: ErrorOptions) {
    super(messageText(message), options);
  }
}
