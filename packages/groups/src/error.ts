/** What every function of this package throws when a layout, a group or a name does not fit. */
export class GroupError extends Error {
  /** Always `'GroupError'`. */
  override readonly name = 'GroupError';
}
