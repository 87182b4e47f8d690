import { fileTrouble, writeFileAtomic as write } from '@secateur/safetensors/node';
import { TrainingError } from './error.ts';

/**
 * Writes a file so that at any moment, power cut included, its name holds either all of the old content or all of the
 * new: a temporary file beside it is written and synced, renamed over it, and the directory is synced. A link of that name
 * is replaced, never followed.
 *
 * @example
 * ```ts
 * import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { writeFileAtomic } from '@secateur/training/run';
 *
 * const directory = mkdtempSync(join(tmpdir(), 'example-'));
 * writeFileAtomic(join(directory, 'figures.json'), '{"loss":4.5}');
 * readFileSync(join(directory, 'figures.json'), 'utf8'); // => {"loss":4.5}
 * readdirSync(directory); // => ['figures.json']
 * rmSync(directory, { recursive: true });
 * ```
 */
export function writeFileAtomic(file: string, content: string | Uint8Array): void {
  try {
    write(file, content);
  } catch (error) {
    const length = typeof content === 'string' ? Buffer.byteLength(content) : content.length;
    throw fileError('writeFileAtomic', `write ${String(length)} bytes to ${file}`, error);
  }
}

/** Puts an error of the file system into words. */
export function fileError(where: string, task: string, cause: unknown): TrainingError {
  const { found, advice } = fileTrouble(cause);
  return new TrainingError(`${where}: expected to ${task}, found ${found}; ${advice}.`, {
    code: 'file',
    cause,
  });
}
