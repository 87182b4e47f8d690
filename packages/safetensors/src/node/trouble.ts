import { SafetensorsError } from '../error.ts';

/** What is wrong with a file, in the words of a message. */
export interface FileTrouble {
  /** What was found, such as `a symbolic link`. */
  readonly found: string;
  /** What to do about it. */
  readonly advice: string;
}

const space = 'free some space, or write to another disk, and run the same again';
const kind = 'give the path of an ordinary file, or move what is there away';

/** What the codes of a file system mean to somebody who does not know them. */
const meanings: Readonly<Record<string, readonly [found: string, advice: string]>> = {
  ENOENT: ['none', 'check the path'],
  ENOSPC: ['no space left on the disk', space],
  EDQUOT: ['that the quota of the disk is used up', space],
  EFBIG: ['that the file system holds no file of this size', 'write to another disk'],
  EROFS: ['a disk that can only be read', 'choose a folder on a disk that can be written'],
  EACCES: ['no permission', 'choose another path, or change the permissions'],
  EPERM: ['no permission', 'choose another path, or change the permissions'],
  EISDIR: ['a folder', kind],
  ENOTDIR: ['a file where a folder should be', 'choose another path, or move that file away'],
  EEXIST: ['something else of that name', 'choose another path, or move it away'],
  ENOTEMPTY: ['a folder that holds files', kind],
  ENAMETOOLONG: ['a name that is too long for the file system', 'choose a shorter one'],
  EMFILE: ['too many open files', 'close some, or raise the limit (ulimit -n)'],
  EIO: ['an error of the disk or of the network that it lies on', 'check the disk'],
  EBUSY: ['a file that another program has open', 'close that program and run the same again'],
};

/**
 * Puts an error of a file system, or one of this module, into words; the code of the system stays in them.
 *
 * @example
 * ```ts
 * import { fileTrouble, readRegularFile } from '@secateur/safetensors/node';
 *
 * let trouble: unknown;
 * try {
 *   readRegularFile('that-is-not-there.safetensors');
 * } catch (error) {
 *   trouble = fileTrouble(error);
 * }
 * trouble; // => { found: 'none (ENOENT)', advice: 'check the path' }
 * ```
 */
export function fileTrouble(error: unknown): FileTrouble {
  if (error instanceof FileSystemRefusal) return error;
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  const meaning =
    typeof code === 'string' && Object.hasOwn(meanings, code) ? meanings[code] : undefined;
  if (meaning !== undefined) return { found: `${meaning[0]} (${code})`, advice: meaning[1] };
  return {
    found: error instanceof Error ? error.message : String(error),
    advice: 'check the path, its permissions and the free space',
  };
}

/** A file that is there and is refused. */
class FileSystemRefusal extends SafetensorsError implements FileTrouble {
  readonly found: string;
  readonly advice: string;

  constructor(
    path: string,
    expected: string,
    { found, advice }: FileTrouble,
    options?: ErrorOptions,
  ) {
    super(`${path}: expected ${expected}, found ${found}; ${advice}.`, {
      ...options,
      code: 'file',
    });
    this.found = found;
    this.advice = advice;
  }
}

/** The error for what a file system did not do, in words; `expected` says what it should have done. */
export function troubleError(path: string, expected: string, cause: unknown): SafetensorsError {
  return new FileSystemRefusal(path, expected, fileTrouble(cause), { cause });
}

/** The error for a link where what is written or read must lie itself. */
export function linkError(path: string, expected: string): SafetensorsError {
  return new FileSystemRefusal(path, expected, {
    found: 'a symbolic link',
    advice:
      'links are not followed, as they may lead to files of others: give the path that it leads to, or put the file itself there',
  });
}

/** The error for a pipe, a device, a socket or a folder where a file is expected. */
export function kindError(path: string, expected: string, found: string): SafetensorsError {
  return new FileSystemRefusal(path, expected, { found, advice: kind });
}
