import { messageText } from '@secateur/input';

/** What this package throws when weights, a layout, a model or a file is not as it must be. */
export class PrunerError extends Error {
  /** Always `'PrunerError'`. */
  override readonly name: string = 'PrunerError';

  /** Makes an error; what `message` quotes is cut and escaped, `cause` is the error behind it. */
  constructor(message: string, options?: ErrorOptions) {
    super(messageText(message), options);
  }
}
