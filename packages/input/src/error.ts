import { messageText } from './text.ts';

/** What {@link parseJson} throws when a text is no JSON or lies beyond a limit. */
export class InputError extends Error {
  /** Always `'InputError'`. */
  override readonly name = 'InputError';

  /** Makes an error; what `message` quotes is cut and escaped, `cause` is the error behind it. */
  constructor(message: string, options?: ErrorOptions) {
    super(messageText(message), options);
  }
}
