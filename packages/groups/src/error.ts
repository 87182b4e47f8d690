import { coded, CodedError, type MakeError } from '@secateur/input';

/**
 * What went wrong, for code that reacts to it: `argument` (a call's own input), `notation` (a text or JSON
 * that cannot be read), `layout` (names, sizes or weights that contradict each other), `shapes` (of weights, that are not those of
 * the layout or the groups), `model` (no `tf.LayersModel`) or `file` (no group file).
 */
export type GroupErrorCode = 'argument' | 'notation' | 'layout' | 'shapes' | 'model' | 'file';

/**
 * What every function of this package throws when a layout, a group or a name does not fit.
 *
 * @example
 * ```ts
 * import { GroupError, parseWeight } from '@secateur/groups';
 *
 * let code: string | undefined;
 * try {
 *   parseWeight('h1 = 4*h1');
 * } catch (error) {
 *   if (error instanceof GroupError) code = error.code;
 * }
 * code; // => notation
 * ```
 */
export class GroupError extends CodedError<GroupErrorCode> {
  /** Always `'GroupError'`. */
  override readonly name: string = 'GroupError';
}

/** An error with the code `argument`. */
export const argumentError: MakeError<GroupError> = coded(GroupError, 'argument');
/** An error with the code `notation`. */
export const notationError: MakeError<GroupError> = coded(GroupError, 'notation');
/** An error with the code `layout`. */
export const layoutError: MakeError<GroupError> = coded(GroupError, 'layout');
/** An error with the code `shapes`. */
export const shapesError: MakeError<GroupError> = coded(GroupError, 'shapes');
/** An error with the code `model`. */
export const modelError: MakeError<GroupError> = coded(GroupError, 'model');
/** An error with the code `file`. */
export const fileError: MakeError<GroupError> = coded(GroupError, 'file');
