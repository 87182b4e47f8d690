import { coded, CodedError, type MakeError } from '@secateur/input';

/**
 * What went wrong, for code that reacts to it: `argument` (a call's own input), `variables` (those or their gradients are not
 * what the groups are of, as after a compaction without `setGroups`) or `optimizer` (a state or a config that cannot be saved or
 * restored).
 */
export type LassoErrorCode = 'argument' | 'variables' | 'optimizer';

/** What every check of this package throws; the text says what was expected, what was found and what to do. */
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
