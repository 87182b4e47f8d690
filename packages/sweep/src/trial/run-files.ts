import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemFile, isTemporary } from '@secateur/safetensors/node';
import { readWhole, sha256Of } from '../bytes.ts';

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
 * last; other files may be newer by some steps, as after a crash.
 */
export async function takeSnapshot(directory: string): Promise<Snapshot | undefined> {
  for (let attempt = 1; ; attempt++) {
    // Reports and the exported model are made from the rest, at the end. The result too: with it a run is finished, and an
    // attempt that goes on from here would make none of them.
    const paths = listFiles(directory).filter(
      (path) => path !== 'result.json' && !/^model\//.test(path) && !/\.(html|png|svg)$/.test(path),
    );
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

/** Reads all of a run directory, after its training has ended. */
export async function readAll(directory: string): Promise<RunFile[]> {
  const files: RunFile[] = [];
  for (const path of listFiles(directory)) {
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
