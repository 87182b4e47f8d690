import { mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { namesText } from '@secateur/input';
import {
  fileTrouble,
  isSystemFile,
  isTemporary,
  refuseLinkedFolder,
  removeTemporaryFiles,
  removeUnneeded,
  renameFile,
  syncDirectory,
  temporaryName,
  temporaryOf,
  writeTemporary,
} from '@secateur/safetensors/node';
import { PrunerError, fileError } from '../pruner-error.ts';

/** What a kind of model keeps in its folder. */
export interface ModelFiles {
  /** The file that makes a folder a model, such as `config.json`: it goes first and comes last. */
  readonly manifest: string;
  /** Whether the manifest of a folder is one of this kind of model. */
  isModel(folder: string): boolean;
  /** Whether a name is of this kind of model: then an earlier one's goes with it. One in `folder` is `folder/name`. */
  isOurs(name: string): boolean;
  /** A folder within that can hold files of the model. */
  readonly folder?: string;
}

/**
 * Writes the files of a model into a folder, in place of those of an earlier model: only files of the kind are replaced
 * or removed, and the folder itself is never moved. All are written and synced beside their places first. A reader, and who
 * comes after a kill, finds the old model, the new one, or none, never a part of each.
 *
 * @throws PrunerError when the folder is a link, holds others' files and no model, or cannot be written; then the earlier
 * model is as it was.
 */
export function replaceFiles(
  caller: string,
  directory: string,
  files: ReadonlyMap<string, Uint8Array | string>,
  kind: ModelFiles,
): void {
  if (typeof directory !== 'string' || directory === '') {
    throw fileError(
      `${caller}: expected the path of a folder, found ${JSON.stringify(directory) ?? 'nothing'}; pass one such as models/small.`,
    );
  }
  const target = resolve(directory);
  let created: string | undefined;
  try {
    refuseLinkedFolder(target);
    created = mkdirSync(target, { recursive: true });
    const there = namesIn(target, kind);
    refuseOthers(caller, directory, target, there, kind);
    // Those of the manifest stay to the end: without it, they tell that the folder is one of a model.
    removeTemporaryFiles(target, kind.manifest);
    const written = writeAll(target, files);
    try {
      const old = there.filter((name) => kind.isOurs(name));
      exchange(target, written, old, kind.manifest);
      if (old.some((name) => name.includes('/'))) removeIfEmpty(join(target, kind.folder!));
    } finally {
      for (const path of written.values()) removeUnneeded(path);
    }
    removeTemporaryFiles(target);
    syncDirectory(target);
  } catch (cause) {
    if (created !== undefined) removeEmpty(target, created);
    if (cause instanceof PrunerError) throw cause;
    const { found, advice } = fileTrouble(cause);
    throw fileError(`${caller}: expected to write "${directory}", found ${found}; ${advice}.`, {
      cause,
    });
  }
}

/** What lies in the folder, and in the one within that can hold files of the model. */
function namesIn(target: string, kind: ModelFiles): string[] {
  return readdirSync(target, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory() || entry.name !== kind.folder) return [entry.name];
    const inside = readdirSync(join(target, entry.name)).map((name) => `${entry.name}/${name}`);
    const ours = inside.filter((name) => kind.isOurs(name));
    return ours.length === inside.length ? ours : [...ours, entry.name];
  });
}

/** A home folder by mistake, or a project with a `config.json` of its own, must not get the files of a model. */
function refuseOthers(
  caller: string,
  directory: string,
  target: string,
  there: readonly string[],
  kind: ModelFiles,
): void {
  const { manifest } = kind;
  const isThere = there.includes(manifest);
  // A write that was killed has left the manifest beside its place, and had been allowed to write here.
  if (isThere ? kind.isModel(target) : there.some((name) => temporaryOf(name) === manifest)) return;
  const others = there.filter(
    (name) => !kind.isOurs(name) && !isTemporary(name) && !isSystemFile(name),
  );
  const actual = isThere ? [`a ${manifest} that is not of a model`] : others;
  if (actual.length === 0) return;
  throw fileError(
    `${caller}: expected an empty folder or one with an earlier model in "${directory}", found ${namesText(actual, 3)}; pass a folder of its own.`,
  );
}

/** Writes every file beside its place; returns the paths by the names that they will have, the folder still as it was. */
function writeAll(
  target: string,
  files: ReadonlyMap<string, Uint8Array | string>,
): Map<string, string> {
  const written = new Map<string, string>();
  try {
    for (const [name, content] of files) {
      written.set(name, writeTemporary(join(target, name), content));
    }
  } catch (error) {
    for (const path of written.values()) removeUnneeded(path);
    throw error;
  }
  return written;
}

/** Puts the new files in the place of the old ones: the old manifest goes first and the new one comes last. */
function exchange(
  target: string,
  written: ReadonlyMap<string, string>,
  old: readonly string[],
  manifest: string,
): void {
  const undo: (() => void)[] = [];
  const replaced: string[] = [];
  const move = (from: string, to: string): void => {
    renameFile(from, to);
    undo.unshift(() => {
      renameFile(to, from);
    });
  };
  try {
    for (const name of manifestFirst(old, manifest)) {
      const path = join(target, ...name.split('/'));
      const place = temporaryName(join(target, name.replaceAll('/', '-')));
      move(path, place);
      replaced.push(place);
    }
    for (const name of manifestFirst([...written.keys()], manifest).reverse()) {
      move(written.get(name)!, join(target, name));
    }
  } catch (error) {
    for (const step of undo) step();
    throw error;
  }
  for (const path of replaced) removeUnneeded(path);
}

function manifestFirst(names: readonly string[], manifest: string): string[] {
  return names.includes(manifest)
    ? [manifest, ...names.filter((name) => name !== manifest)]
    : [...names];
}

/** Removes the folders that were made for a model which could not be written. */
function removeEmpty(target: string, created: string): void {
  for (let folder = target; folder.length >= created.length; folder = dirname(folder)) {
    removeIfEmpty(folder);
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It holds something of others, or goes with the next tidying up.
  }
}
