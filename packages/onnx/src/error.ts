import { messageText } from '@secateur/input';

/** What every function of this package throws when an ONNX file or a network does not fit. */
export class OnnxError extends Error {
  /** Always `'OnnxError'`. */
  override readonly name = 'OnnxError';

  /** Makes an error; what `message` quotes is cut and escaped, `cause` is the error behind it. */
  constructor(message: string, options?: ErrorOptions) {
    super(messageText(message), options);
  }
}
