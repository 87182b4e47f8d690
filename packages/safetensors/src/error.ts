/** What this package throws when a file is malformed or a tensor cannot be written. */
export class SafetensorsError extends Error {
  /** Always `'SafetensorsError'`. */
  override readonly name = 'SafetensorsError';
}
