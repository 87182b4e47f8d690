import { messageText } from '@secateur/input';

/** What every function of this package throws when a layout, a group or a name does not fit. */
export class GroupError extends Error {
  /** Always `'GroupError'`. */
  override readonly name = 'GroupError';

  /** Makes an error; what `message` quotes is cut and escaped, `cause` is the error behind it. */
  constructor(message: string, options?: ErrorOptions) {
    super(messageText(message), options);
  }
}
