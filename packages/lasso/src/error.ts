import { coded, CodedError, type MakeError } from '@secateur/input';

/**
 * What went wrong, for code that reacts to it: `argument` (a call's own input), `variables` (those or their gradients are not
 * what the groups are of, as after a compaction without `setGroups`) or `optimizer` (a state or a config that cannot be saved or
 * restored, or norms that a budget never gets, as the training does not wait for them).
 */
export type LassoErrorCode = 'argument' | 'variables' | 'optimizer';

/**
 * What every check of this package throws; the text says what was expected, what was found and what to do.
 *
 * @example
 * ```ts
 * import { train } from '@tensorflow/tfjs-core';
 * import { groupLasso, LassoError } from '@secateur/lasso';
 *
 * const slices = [{ weight: 'of another model', axis: 0, start: 0, multiplier: 1 }];
 * const optimizer = groupLasso(train.sgd(1), [{ name: 'rows', count: 2, slices }], { lambda: 1 });
 * let code: string | undefined;
 * try {
 *   optimizer.checkVariables();
 * } catch (error) {
 *   if (error instanceof LassoError) code = error.code;
 * }
 * code; // => variables
 * ```
 */
export class LassoError extends CodedError<LassoErrorCode> {
  /** Always `'LassoError'`. */
  override readonly name: string = 'LassoError';
}

/** An error with the code `argument`. */
export const argumentError: MakeError<LassoError> = coded(LassoError, 'argument');
/** An error with the code `variables`. */
export const variablesError: MakeError<LassoError> = coded(LassoError, 'variables');
/** An error with the code `optimizer`. */
export const optimizerError: MakeError<LassoError> = coded(LassoError, 'optimizer');
