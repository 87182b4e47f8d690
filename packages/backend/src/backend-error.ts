/** What went wrong when choosing, starting or asking a backend; the message says what to do about it. */
export class BackendError extends Error {
  override readonly name: string = 'BackendError';
}
