import { InputError } from './error.ts';
import { scanJson } from './scan-json.ts';
import { shown } from './text.ts';

/** What {@link parseJson} accepts at most. */
export interface JsonLimits {
  /** Most characters of the text, 100,000,000 if left out. */
  readonly characters?: number;
  /** Most levels of objects and lists within each other, 128 if left out. */
  readonly depth?: number;
  /** Most values, names of entries not counted; 10,000,000 if left out. */
  readonly values?: number;
}

/**
 * Parses the JSON of a file that others made, in time and memory linear in its length. It refuses what `JSON.parse` takes
 * without a word: a name twice in one object, of which the last would count; the name `__proto__`, which sets the prototype of a
 * record that it is copied to; a number such as `1e999`, which would become Infinity.
 *
 * @example
 * ```ts
 * import { parseJson } from '@secateur/input';
 *
 * parseJson('{ "units": [1, 2] }'); // => { units: [1, 2] }
 * ```
 * @throws {@link InputError} for what it refuses, for text that is no JSON, and for text beyond a limit. The message says what
 * was expected, what was found and what to do; put the file's name before it.
 */
export function parseJson(text: string, limits: JsonLimits = {}): unknown {
  const { characters = 100_000_000, depth = 128, values = 10_000_000 } = limits;
  if (text.length > characters) {
    throw new InputError(
      `expected JSON of at most ${characters} characters, found ${text.length}; is it the right file?`,
      { code: 'limit' },
    );
  }
  scanJson(text, { depth, values });
  try {
    return JSON.parse(text);
  } catch (cause) {
    const found = text.trim() === '' ? 'none' : `${shown(text, 40)} (${(cause as Error).message})`;
    throw new InputError(`expected JSON, found ${found}; is the file whole?`, {
      code: 'json',
      cause,
    });
  }
}
