import { messageText } from '@secateur/input';

/** What every check of this package throws; the text says what was expected, what was found and what to do. */
export class LassoError extends Error {
  /** Always `'LassoError'`. */
  override readonly name: string = 'LassoError';

  /** Makes an error; what `message` quotes is cut and escaped, `cause` is the error behind it. */
  constructor(message: string, options?: ErrorOptions) {
    super(messageText(message), options);
  }
}
