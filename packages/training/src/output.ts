import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { isatty } from 'node:tty';

/** Streams whose errors are listened to. */
const watched = new WeakSet<NodeJS.WritableStream>();

/**
 * From now on drops what cannot be written to a stream: the reader of a pipe has gone (`| head`), the terminal was closed,
 * the disk of a log is full. Progress is worth less than the training that it tells of. Does nothing the second time.
 *
 * @example
 * ```ts
 * import { PassThrough } from 'node:stream';
 * import { dropUnwritable } from '@secateur/training/run';
 *
 * const log = new PassThrough();
 * dropUnwritable(log);
 * // An error of a stream that nobody listens to ends the process.
 * log.emit('error', new Error('no space left on the disk')); // => true
 * ```
 */
export function dropUnwritable(stream: NodeJS.WritableStream): void {
  if (watched.has(stream)) return;
  watched.add(stream);
  // For good: a write that fails says so later, and the last words may come after the training.
  stream.on('error', ignore);
  if (process.platform !== 'win32' && terminals === undefined) {
    terminals = [0, 1, 2].filter((descriptor) => isatty(descriptor));
    process.once('exit', leaveTerminals);
  }
}

/** The standard streams that are terminals; looked at once, before any can be closed. */
let terminals: readonly number[] | undefined;

/**
 * Puts the null device in the place of terminals that were closed. When it exits, Node gives terminals their modes back, and
 * aborts where one does not take them: a training that saved would end as one that crashed.
 */
function leaveTerminals(): void {
  for (const descriptor of terminals ?? []) {
    // Of a terminal that was closed the system says that it is none.
    if (isatty(descriptor)) continue;
    try {
      closeSync(descriptor);
      // The system gives the lowest number that is free, which is the one just closed.
      openSync(devNull, 'r+');
    } catch {
      // Then Node finds no file there, and leaves it alone.
    }
  }
}

/** Writes progress to a stream, or drops it. */
export function writeOrDrop(stream: NodeJS.WritableStream, text: string): void {
  dropUnwritable(stream);
  try {
    stream.write(text);
  } catch {
    // Streams to files write at once, and some versions of Node throw what that gives.
  }
}

function ignore(): void {
  // The error was that nobody can read, so there is nobody to tell.
}
