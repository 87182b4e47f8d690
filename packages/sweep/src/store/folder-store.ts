import { type Dirent } from 'node:fs';
import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  fileTrouble,
  isSystemFile,
  isTemporary,
  renameFile,
  syncDirectory,
  temporaryName,
} from '@secateur/safetensors/node';
import { readWhole } from '../bytes.ts';
import { SweepError } from '../error.ts';
import { checkKey } from './check-key.ts';
import { persistently } from './retry.ts';
import type { TrialStore } from './trial-store.ts';

/** What a network share says when it is away for a moment. */
const passing = new Set(['EIO', 'ESTALE', 'EAGAIN', 'EBUSY', 'ETIMEDOUT', 'EHOSTDOWN', 'ENETDOWN']);

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;
const isAbsent = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '');

/** A store in a folder: a local one, or a shared one that all machines see. A key is the path of its file. */
export function folderStore(folder: string): TrialStore {
  const fileOf = (key: string): string => join(folder, ...checkKey(key).split('/'));
  const attempt = async <T>(what: string, call: () => Promise<T>): Promise<T> => {
    try {
      return await persistently(call, (error) => passing.has(codeOf(error) ?? ''));
    } catch (cause) {
      throw storeError(`expected to ${what} in the folder ${folder}`, cause);
    }
  };
  return {
    url: folder,
    // A key that is none is the caller's fault, not the store's, so it is looked at first.
    read: async (key) => {
      const file = fileOf(key);
      return attempt(`read ${key}`, async () => {
        try {
          return await readWhole(file);
        } catch (error) {
          if (isAbsent(error)) return undefined;
          throw error;
        }
      });
    },
    write: async (key, value) => {
      const file = fileOf(key);
      return attempt(`write ${key}`, () => write(folder, file, value));
    },
    list: async (prefix) => {
      const directory = fileOf(prefix.replace(/\/$/, ''));
      return attempt(`list ${prefix}`, () => list(directory, prefix));
    },
    remove: async (key) => {
      const file = fileOf(key);
      return attempt(`remove ${key}`, () => rm(file, { force: true }));
    },
  };
}

/** Nobody ever sees half of a value: it gets its name when all of it is on the disk. */
async function write(folder: string, file: string, value: Uint8Array): Promise<void> {
  await makeRoot(folder);
  await mkdir(dirname(file), { recursive: true });
  const temporary = temporaryName(file);
  try {
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(value);
      await handle.sync();
    } finally {
      await handle.close();
    }
    renameFile(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  syncDirectory(dirname(file));
}

/** Makes the folder of the store, but none above it: a path with a slip in it, or a share that is not mounted, stays an error. */
async function makeRoot(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}

async function list(directory: string, prefix: string): Promise<string[]> {
  let entries: Dirent[];
  try {
    entries = await readdir(directory, { withFileTypes: true });
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
  const keys: string[] = [];
  for (const entry of entries) {
    if (entry.isDirectory()) {
      keys.push(...(await list(join(directory, entry.name), `${prefix}${entry.name}/`)));
    } else if (!isTemporary(entry.name) && !isSystemFile(entry.name)) {
      keys.push(prefix + entry.name);
    }
  }
  return keys;
}

function storeError(expected: string, cause: unknown): SweepError {
  const { found, advice } = fileTrouble(cause);
  return new SweepError(`store: ${expected}, found ${found}; ${advice}.`, { code: 'store', cause });
}
