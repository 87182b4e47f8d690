import { closeSync, copyFileSync, existsSync, openSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { cacheFolder, madeInOneGo, ToolError } from '@secateur/testing/system';

/**
 * Compresses a file as well as xz can.
 *
 * @throws ToolError when there is no xz.
 */
export function compress(file: string, target: string): void {
  const output = openSync(target, 'w');
  const { status, error } = spawnSync('xz', ['-9e', '-c', file], {
    stdio: ['ignore', output, 'inherit'],
  });
  closeSync(output);
  if (status === 0) return;
  throw new ToolError(
    `kit: expected xz to compress ${file}, found ${error?.message ?? `exit ${String(status)}`}; install xz-utils.`,
  );
}

/** Compresses what only changes with its version, and keeps it: Node alone takes a minute. */
export function compressOnce(name: string, file: string, target: string): void {
  const kept = join(cacheFolder(), 'kit', `${name}.xz`);
  if (!existsSync(kept)) {
    madeInOneGo(kept, (folder) => {
      const made = join(folder, 'made.xz');
      compress(file, made);
      return made;
    });
  }
  copyFileSync(kept, target);
}
