/** Settings that make no sense, as the same command would find again: the program exits with 42. */
export class SettingsError extends Error {
  /** Always `'SettingsError'`. */
  override readonly name = 'SettingsError';
}
