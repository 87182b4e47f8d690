/** What went wrong in a cell, an initializer or dropout; the message says what to do about it. */
export class CellError extends Error {
  override readonly name: string = 'CellError';
}
