import { SweepError } from '../error.ts';

/** An answer of S3 that is no success. */
export class S3Refusal extends Error {
  override readonly name: string = 'S3Refusal';
  readonly status: number;
  /** The word of S3 for it, such as `NoSuchKey`. */
  readonly reason: string;

  constructor(status: number, body: string) {
    const reason = /<Code>([\w.]+)<\/Code>/.exec(body)?.[1] ?? '';
    super(`${String(status)} ${reason}`.trim());
    this.status = status;
    this.reason = reason;
  }
}

/** Whether the same request may do better later. */
export function mayPass(error: unknown): boolean {
  // Anything but an answer is a connection that was refused or broke.
  if (!(error instanceof S3Refusal)) return !isUnknownHost(error);
  return error.status >= 500 || passing.has(error.status) || passing.has(error.reason);
}

const passing = new Set<string | number>([408, 425, 429, 'RequestTimeTooSkewed', 'RequestTimeout']);

const credentials =
  'check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and the region';
const advice: Readonly<Record<string, string>> = {
  NoSuchBucket: 'make the bucket, or check its name',
  SignatureDoesNotMatch: credentials,
  InvalidAccessKeyId: credentials,
  InvalidClientTokenId: credentials,
  AuthorizationHeaderMalformed: credentials,
  ExpiredToken: 'get a new AWS_SESSION_TOKEN',
  AccessDenied: 'give these credentials the right to read, write, list and delete there',
  RequestTimeTooSkewed: 'set the clock of this machine',
  QuotaExceeded: 'free some space in the store',
};

/** Puts what became of a request into words. */
export function requestError(expected: string, cause: unknown): SweepError {
  const tell = (found: string, what: string): SweepError =>
    new SweepError(`store: ${expected}, found ${found}; ${what}.`, { code: 'store', cause });
  if (cause instanceof S3Refusal) {
    const known = Object.hasOwn(advice, cause.reason) ? advice[cause.reason]! : undefined;
    const usual =
      cause.status === 403 ? credentials : 'check the address and the state of the store';
    return tell(`status ${cause.message}`, known ?? usual);
  }
  if (isUnknownHost(cause)) return tell('no host of that name', 'check the endpoint');
  return tell(`no answer (${reasonOf(cause)})`, 'check the endpoint, and that the store runs');
}

const isUnknownHost = (error: unknown): boolean => reasonOf(error) === 'ENOTFOUND';

/** `fetch` says only that it failed; its cause has the system's code. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error & { cause?: Error & { code?: string } };
  return cause?.code ?? cause?.message ?? message;
}
