import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { messageOf } from '../check-weights.ts';
import { PrunerError } from '../pruner-error.ts';
import { isThere, removeUnneeded, renameSafely } from './file-system.ts';

/**
 * Writes a directory of files as a whole: into a new sibling, synced, then renamed into place, so that a reader never
 * meets half a model. `isOurs` tells the files of an earlier model, which go; everything else there is carried over.
 */
export async function replaceDirectory(
  caller: string,
  directory: string,
  files: ReadonlyMap<string, Uint8Array | string>,
  isOurs: (name: string) => boolean,
): Promise<void> {
  const target = resolve(directory);
  const suffix = `${process.pid}-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
  const fresh = join(dirname(target), `.${basename(target)}.new-${suffix}`);
  const old = join(dirname(target), `.${basename(target)}.old-${suffix}`);
  try {
    await mkdir(fresh, { recursive: true });
    for (const [name, content] of files) await writeSynced(join(fresh, name), content);
    const existing = await listIfThere(target);
    if (existing === undefined) {
      await renameSafely(fresh, target);
      return;
    }
    await renameSafely(target, old);
    try {
      await renameSafely(fresh, target);
    } catch (error) {
      await renameSafely(old, target);
      throw error;
    }
    for (const name of existing) {
      if (isOurs(name) || files.has(name)) continue;
      // Where names have no case, an old Config.json is a new config.json, which it must not replace.
      const carried = join(target, name);
      if (!(await isThere(carried))) await renameSafely(join(old, name), carried);
    }
    await removeUnneeded(old);
  } catch (cause) {
    // The first failure is the one to report; what it leaves may be beyond removing for the same reason.
    await rm(fresh, { recursive: true, force: true }).catch(() => undefined);
    throw new PrunerError(
      `${caller}: expected to write "${directory}", found ${messageOf(cause)}; check the path, its permissions and the free space.`,
      { cause },
    );
  }
}

async function writeSynced(path: string, content: Uint8Array | string): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function listIfThere(directory: string): Promise<string[] | undefined> {
  try {
    return await readdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
