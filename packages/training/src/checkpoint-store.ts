import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { checkOptions } from '@secateur/input';
import { refuseLinkedFolder, removeUnneeded, syncDirectory } from '@secateur/safetensors/node';
import { fileError } from './atomic-file.ts';
import {
  type Checkpoint,
  checkCheckpoint,
  type CheckpointRead,
  readCheckpoint,
  tryReadCheckpoint,
  writeChecked,
} from './checkpoint-file.ts';
import { argumentError, TrainingError } from './error.ts';

/** A checkpoint file of a run, found by its name. */
export interface CheckpointEntry {
  /** Number of training steps taken, from the name. */
  readonly step: number;
  /** Path of the file. */
  readonly file: string;
}

/** How a checkpoint is saved. */
export interface SaveOptions {
  /** Saves it as `checkpoints/<name>.safetensors` instead, apart from those that come and go; such as `best`. */
  readonly name?: string;
}

/** Lists the checkpoints of a directory that go by step, oldest first. */
export function listCheckpoints(directory: string): CheckpointEntry[] {
  return namesIn(directory)
    .flatMap((name) => {
      const step = /^step-(\d{8,})\.safetensors$/.exec(name)?.[1];
      return step === undefined ? [] : [{ step: Number(step), file: join(directory, name) }];
    })
    .sort((a, b) => a.step - b.step);
}

/** The names in a directory of checkpoints, which must lie in the run itself; none where there is no directory. */
function namesIn(directory: string): string[] {
  try {
    refuseLinkedFolder(directory);
    return existsSync(directory) ? readdirSync(directory) : [];
  } catch (error) {
    throw fileError('listCheckpoints', `list the folder ${directory}`, error);
  }
}

/** Saves a checkpoint in a directory and removes all but the newest `keep` that go by step; returns its path. */
export function saveCheckpoint(
  directory: string,
  checkpoint: Checkpoint,
  keep: number,
  options: SaveOptions = {},
): string {
  checkOptions('saveCheckpoint', options, { name: true }, argumentError);
  const state = checkCheckpoint(checkpoint, 'saveCheckpoint');
  if (options.name !== undefined) {
    const file = namedFile(directory, options.name, 'saveCheckpoint');
    namesIn(directory);
    writeChecked(file, checkpoint, state);
    return file;
  }
  const newest = listCheckpoints(directory).at(-1);
  if (newest !== undefined && newest.step > checkpoint.step) {
    throw new TrainingError(
      `saveCheckpoint: expected step ${String(newest.step)} or later, as ${newest.file} is there, found step ${String(checkpoint.step)}; go on from latestCheckpoint, or delete the later files first.`,
      { code: 'checkpoint' },
    );
  }
  const name = `step-${String(checkpoint.step).padStart(8, '0')}.safetensors`;
  const file = join(directory, name);
  writeChecked(file, checkpoint, state);
  // Only now, with the new one safe on disk, may an old one go.
  const old = listCheckpoints(directory).slice(0, -keep);
  for (const entry of old) removeUnneeded(entry.file);
  if (old.length > 0) syncDirectory(directory);
  return file;
}

/**
 * Reads the newest checkpoint of a directory; undefined when there is none. If its file is damaged, throws a
 * TrainingError that names the newest older one that is good.
 */
export function latestCheckpoint(directory: string): Checkpoint | undefined {
  const entries = listCheckpoints(directory).reverse();
  const newest = entries.shift();
  if (newest === undefined) return undefined;
  const read = readEntry(newest);
  if ('checkpoint' in read) return read.checkpoint;
  const damaged = [newest.file];
  let advice: string | undefined;
  for (const entry of entries) {
    const { step, file } = entry;
    if ('checkpoint' in readEntry(entry)) {
      advice = `delete ${damaged.join(' and ')} to go on from ${basename(file)} (step ${String(step)}), which was checked and is good`;
      break;
    }
    damaged.push(file);
  }
  advice ??= `no older checkpoint is good; delete ${damaged.join(' and ')} to start again from step 0`;
  throw new TrainingError(`latestCheckpoint: ${read.problem}; ${advice}.`, {
    code: 'checkpoint',
    ...(read.cause === undefined ? {} : { cause: read.cause }),
  });
}

/** Reads a checkpoint that goes by step, whose name must say the step that it holds. */
function readEntry({ step, file }: CheckpointEntry): CheckpointRead {
  const read = tryReadCheckpoint(file);
  if (!('checkpoint' in read) || read.checkpoint.step === step) return read;
  return {
    problem: `expected step ${String(step)} in ${file}, found step ${String(read.checkpoint.step)}`,
  };
}

/** Reads a checkpoint that was saved under a name; undefined when there is none. */
export function namedCheckpoint(directory: string, name: string): Checkpoint | undefined {
  const file = namedFile(directory, name, 'namedCheckpoint');
  return existsSync(file) ? readCheckpoint(file) : undefined;
}

// Windows keeps these names for devices, whatever follows a dot.
const devices = /^(?:con|prn|aux|nul|com\d|lpt\d)$/;

/**
 * The file of a name. What a name may be is the same on every system, so that a run can move: macOS and Windows take names
 * that differ in case for one.
 */
function namedFile(directory: string, name: string, where: string): string {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(name) || /^step-\d+$/.test(name) || devices.test(name)) {
    throw argumentError(
      `${where}: expected a name of lower-case letters, digits and hyphens that is no step and no device of Windows, such as best, found "${name}"; leave it out to save by step.`,
    );
  }
  return join(directory, `${name}.safetensors`);
}
