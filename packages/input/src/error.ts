import { messageText, sentence } from './text.ts';

/**
 * What the errors of a package are: `code` is for programs. What the message quotes is cut and escaped, and it ends in a full stop;
 * `cause` is the error behind it.
 */
export class CodedError<Code extends string> extends Error {
  /** What went wrong, for code that reacts to it. */
  readonly code: Code;

  /** Makes an error with a message for a person and a code for a program. */
  constructor(message: string, options: ErrorOptions & { readonly code: Code }) {
    super(messageText(sentence(message)), options);
    this.code = options.code;
  }
}

/** What {@link parseJson} throws when a text is no JSON or lies beyond a limit. */
export class InputError extends Error {
  /** Always `'InputError'`. */
  override readonly name = 'InputError';

  /** Makes an error; what `message` quotes is cut and escaped, `cause` is the error behind it. */
  constructor(message: string, options?: ErrorOptions) {
    super(messageText(message), options);
  }
}
