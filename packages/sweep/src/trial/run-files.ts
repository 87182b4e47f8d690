import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemFile, isTemporary } from '@secateur/safetensors/node';
import { readWhole, sha256Of } from '../bytes.ts';
import { isPortable } from './records.ts';

/** A file of a run directory. */
export interface RunFile {
  /** Its path there, with `/` between the parts. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** What a run directory held at a checkpoint. */
export interface Snapshot {
  readonly step: number;
  readonly files: readonly RunFile[];
}

/** The step of the newest checkpoint in a run directory; undefined when there is none. */
export function newestStep(directory: string): number | undefined {
  return stepsOf(listFiles(directory, 'checkpoints')).at(0)?.step;
}

/**
 * Reads a run directory at its newest checkpoint, while a training goes on in it. The checkpoint is whole, since it got its name
 * last; other files may be newer by some steps, as after a crash. `leave` is told of files whose names no store takes.
 */
export async function takeSnapshot(
  directory: string,
  leave: (path: string) => void,
): Promise<Snapshot | undefined> {
  for (let attempt = 1; ; attempt++) {
    // With a result a run is finished, and an attempt that goes on from here would do nothing more.
    const paths = listPortable(directory, leave).filter((path) => path !== 'result.json');
    const newest = stepsOf(paths)[0];
    if (newest === undefined) return undefined;
    // First, before a training that saves often removes it.
    const checkpoint = await readRunFile(directory, newest.path);
    if (checkpoint === undefined) continue;
    const files = [checkpoint];
    for (const path of paths) {
      const file = path === newest.path ? undefined : await readRunFile(directory, path);
      if (file !== undefined) files.push(file);
    }
    // Two tries for files that belong together even if the training tells them apart by nothing but time.
    if (newestStep(directory) === newest.step || attempt >= 3) return { step: newest.step, files };
  }
}

/** Reads all of a run directory, after its training has ended; `leave` is told of files whose names no store takes. */
export async function readAll(
  directory: string,
  leave: (path: string) => void,
): Promise<RunFile[]> {
  const files: RunFile[] = [];
  for (const path of listPortable(directory, leave)) {
    const file = await readRunFile(directory, path);
    if (file !== undefined) files.push(file);
  }
  return files;
}

/** Checkpoints by step among paths, newest first. */
function stepsOf(paths: readonly string[]): { readonly path: string; readonly step: number }[] {
  return paths
    .flatMap((path) => {
      const step = /^checkpoints\/step-(\d{8,})\.safetensors$/.exec(path)?.[1];
      return step === undefined ? [] : [{ path, step: Number(step) }];
    })
    .sort((a, b) => b.step - a.step);
}

/** Files that every machine can have under their names; `leave` is told of the others. */
function listPortable(directory: string, leave: (path: string) => void): string[] {
  return listFiles(directory).filter((path) => {
    if (isPortable(path)) return true;
    leave(path);
    return false;
  });
}

/** Regular files, links left out: they lead elsewhere. */
function listFiles(directory: string, within = ''): string[] {
  let entries;
  try {
    entries = readdirSync(join(directory, within), { withFileTypes: true });
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
  return entries.flatMap((entry) => {
    const { name } = entry;
    const path = within === '' ? name : `${within}/${name}`;
    if (entry.isDirectory()) return listFiles(directory, path);
    const isOurs = isTemporary(name) || isSystemFile(name) || path.startsWith('.lock');
    return entry.isFile() && !isOurs ? [path] : [];
  });
}

/** Undefined when it went away since it was listed. */
async function readRunFile(directory: string, path: string): Promise<RunFile | undefined> {
  const file = join(directory, path);
  try {
    if (!lstatSync(file).isFile()) return undefined;
    const bytes = await readWhole(file);
    return { path, bytes, sha256: sha256Of(bytes) };
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

const isGone = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
