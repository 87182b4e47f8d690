/** What this package throws when weights, a layout, a model or a file is not as it must be. */
export class PrunerError extends Error {
  /** Always `'PrunerError'`. */
  override readonly name: string = 'PrunerError';
}
