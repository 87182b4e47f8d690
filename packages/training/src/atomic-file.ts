import { fileTrouble, writeFileAtomic as write } from '@secateur/safetensors/node';
import { TrainingError } from './error.ts';

/**
 * Writes a file so that at any moment, power cut included, its name holds either all of the old content or all of the
 * new: a temporary file beside it is written and synced, renamed over it, and the directory is synced. A link of that name
 * is replaced, never followed.
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
