import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { isRecord } from '@secateur/input';

/** Bytes at the end of a metrics file that hold its last record. */
const END = 1 << 16;

/** The last record of a metrics file, however long the file is; undefined when there is none. */
export function newestMetrics(file: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const handle = openSync(file, 'r');
    try {
      const { size } = fstatSync(handle);
      const bytes = Buffer.alloc(Math.min(size, END));
      const length = readSync(handle, bytes, 0, bytes.length, size - bytes.length);
      // What follows the last end of line is half a record.
      const line = bytes.subarray(0, length).toString().split('\n').at(-2);
      const record: unknown = line === undefined ? undefined : JSON.parse(line);
      return isRecord(record) ? record : undefined;
    } finally {
      closeSync(handle);
    }
  } catch {
    // It only shows how far a training is: its own program says what is wrong with its file.
    return undefined;
  }
}
