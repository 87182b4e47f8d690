import type { MakeError } from './error.ts';
import { shown } from './text.ts';
import { isRecord } from './value.ts';

/** The options of a function by name, all of them: TypeScript holds such a list to the type of the options. */
export type OptionNames<Options> = { readonly [Name in keyof Required<Options>]: true };

/**
 * Refuses options that are no object, or that have a name which the function does not know: left alone, one that is misspelled would
 * change nothing, and nobody would be told. `caller` opens the message.
 *
 * @throws What `makeError` makes.
 *
 * @example
 * ```ts
 * import { checkOptions } from '@secateur/input';
 *
 * interface Options {
 *   readonly threads?: number;
 * }
 * const start = (options: Options): void => {
 *   checkOptions('start', options, { threads: true }, (message) => new Error(message));
 * };
 * let message: string | undefined;
 * try {
 *   start({ thread: 2 } as Options);
 * } catch (error) {
 *   message = (error as Error).message;
 * }
 * message; // => start: expected options among threads, found "thread"; correct it or leave it out.
 * ```
 */
export function checkOptions<Options extends object>(
  caller: string,
  options: Options,
  names: OptionNames<Options>,
  makeError: MakeError<Error>,
): void {
  const known = (): string => Object.keys(names).join(', ');
  if (!isRecord(options)) {
    throw makeError(
      `${caller}: expected an object of options (${known()}), found ${shown(options)}; pass one.`,
    );
  }
  const other = Object.keys(options).find((name) => !Object.hasOwn(names, name));
  if (other === undefined) return;
  throw makeError(
    `${caller}: expected options among ${known()}, found ${shown(other)}; correct it or leave it out.`,
  );
}
