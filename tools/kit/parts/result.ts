import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of what a run of the kit found. */
export const out: string = process.env['OUT'] ?? '.';

/** Whether this is the short run, for software adapters: everything runs, nothing is measured in earnest. */
export const short: boolean = process.env['KIT_SHORT'] === '1';

/** Writes what a part has found so far, whole or not at all: a part may be stopped at any time. */
export function writeResult(part: string, found: object): void {
  mkdirSync(out, { recursive: true });
  const file = join(out, `${part}.json`);
  writeFileSync(`${file}.new`, `${JSON.stringify(found, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}
