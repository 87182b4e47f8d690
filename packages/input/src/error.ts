import { messageText, sentence } from './text.ts';

/**
 * What the errors of a package are: `code` is for programs. What the message quotes is cut and escaped, and it ends in a full stop;
 * `cause` is the error behind it.
 *
 * @example
 * ```ts
 * import { CodedError } from '@secateur/input';
 *
 * class ReadError extends CodedError<'file' | 'columns'> {
 *   override readonly name = 'ReadError';
 * }
 * const error = new ReadError('expected 2 columns, found 3', { code: 'columns' });
 * String(error); // => ReadError: expected 2 columns, found 3.
 * error.code; // => columns
 * ```
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

/** Makes an error of a class with the code it was made for. */
export type MakeError<E> = (message: string, options?: ErrorOptions) => E;

/**
 * Gives what makes the errors of a class that have a certain code.
 *
 * @example
 * ```ts
 * import { coded, CodedError } from '@secateur/input';
 *
 * class ReadError extends CodedError<'file' | 'columns'> {}
 * const columnsError = coded(ReadError, 'columns');
 * const error = columnsError('expected 2 columns, found 3');
 * error instanceof ReadError; // => true
 * error.code; // => columns
 * ```
 */
export function coded<Code extends string, E>(
  type: new (message: string, options: ErrorOptions & { readonly code: Code }) => E,
  code: Code,
): MakeError<E> {
  return (message, options) => new type(message, { ...options, code });
}

/** What went wrong, for code that reacts to it: `json` (a text that is none) or `limit` (one that is larger or deeper than allowed). */
export type InputErrorCode = 'json' | 'limit';

/**
 * What {@link parseJson} throws when a text is no JSON or lies beyond a limit.
 *
 * @example
 * ```ts
 * import { InputError, parseJson } from '@secateur/input';
 *
 * let code: string | undefined;
 * try {
 *   parseJson('[[[1]]]', { depth: 2 });
 * } catch (error) {
 *   if (error instanceof InputError) code = error.code;
 * }
 * code; // => limit
 * ```
 */
export class InputError extends CodedError<InputErrorCode> {
  /** Always `'InputError'`. */
  override readonly name = 'InputError';
}
