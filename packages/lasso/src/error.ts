/** What every check of this package throws; the text says what was expected, what was found and what to do. */
export class LassoError extends Error {
  /** Always `'LassoError'`. */
  override readonly name: string = 'LassoError';
}
