import { CodedError } from '@secateur/input';

/**
 * What went wrong, for code that reacts to it: `argument` (a call's own input), `notation` (a text or JSON
 * that cannot be read), `layout` (names, sizes or weights that contradict each other), `shapes` (of weights, that are not those of
 * the layout or the groups), `model` (no `tf.LayersModel`) or `file` (no group file).
 */
export type GroupErrorCode = 'argument' | 'notation' | 'layout' | 'shapes' | 'model' | 'file';

/** What every function of this package throws when a layout, a group or a name does not fit. */
export class GroupError extends CodedError<GroupErrorCode> {
  /** Always `'GroupError'`. */
  override readonly name: string = 'GroupError';
}

type Make = (message: string, options?: ErrorOptions) => GroupError;

const coded =
  (code: GroupErrorCode): Make =>
  (message, options) =>
    new GroupError(message, { ...options, code });

/** An error with the code `argument`. */
export const argumentError: Make = coded('argument');
/** An error with the code `notation`. */
export const notationError: Make = coded('notation');
/** An error with the code `layout`. */
export const layoutError: Make = coded('layout');
/** An error with the code `shapes`. */
export const shapesError: Make = coded('shapes');
/** An error with the code `model`. */
export const modelError: Make = coded('model');
/** An error with the code `file`. */
export const fileError: Make = coded('file');
