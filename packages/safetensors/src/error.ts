import { messageText } from '@secateur/input';

/** What this package throws when a file is malformed or a tensor cannot be written. */
export class SafetensorsError extends Error {
  /** Always `'SafetensorsError'`. */
  override readonly name = 'SafetensorsError';

  /** Makes an error; what `message` quotes is cut and escaped, `cause` is the error behind it. */
  constructor(message: string, options?: ErrorOptions) {
    super(messageText(message), options);
  }
}
