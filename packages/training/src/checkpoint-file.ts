import { createHash } from 'node:crypto';
import { parseJson, typeName } from '@secateur/input';
import { decodeSafetensors, encodeSafetensors } from '@secateur/safetensors';
import { readRegularFile, updateHash } from '@secateur/safetensors/node';
import { fileError, writeFileAtomic } from './atomic-file.ts';
import { argumentError, TrainingError } from './error.ts';
import { toJson } from './json.ts';
import { checkTensors, type SavedTensor, type SavedTensors } from './saved-tensor.ts';

/** Everything a training loop needs to go on as if it had never stopped. */
export interface Checkpoint {
  /** Number of training steps taken. */
  readonly step: number;
  /** Weights, optimizer slots, carried state: tensors by name. */
  readonly tensors: SavedTensors;
  /** The rest as JSON: position in the data, best loss so far, layout, {@link OptimizerState}. */
  readonly state: unknown;
}

const version = '1';

/**
 * Writes a checkpoint as one safetensors file, atomically, with a hash over all of it.
 *
 * @example
 * ```ts
 * import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { decodeSafetensors } from '@secateur/safetensors';
 * import { writeCheckpoint } from '@secateur/training/run';
 *
 * const directory = mkdtempSync(join(tmpdir(), 'example-'));
 * const file = join(directory, 'best.safetensors');
 * const bias = { shape: [2], data: Float32Array.of(0, 0.5) };
 * writeCheckpoint(file, { step: 10, tensors: { bias }, state: { epoch: 3 } });
 * const { tensors, metadata } = decodeSafetensors(readFileSync(file));
 * tensors['bias']?.data; // => [0, 0.5]
 * metadata['state']; // => {"epoch":3}
 * rmSync(directory, { recursive: true });
 * ```
 */
export function writeCheckpoint(file: string, checkpoint: Checkpoint): void {
  writeChecked(file, checkpoint, checkCheckpoint(checkpoint, 'writeCheckpoint'));
}

/** Writes a checkpoint whose state is, as JSON, what {@link checkCheckpoint} gave. */
export function writeChecked(file: string, checkpoint: Checkpoint, state: string): void {
  const step = String(checkpoint.step);
  const sha256 = hash(step, state, checkpoint.tensors);
  const metadata = { format: 'secateur-checkpoint', version, step, state, sha256 };
  let bytes: Uint8Array;
  try {
    bytes = encodeSafetensors(checkpoint.tensors, metadata);
  } catch (cause) {
    throw new TrainingError(
      `writeCheckpoint: expected tensors that safetensors can hold, found: ${message(cause)}; see the tensor named.`,
      { code: 'tensors', cause },
    );
  }
  writeFileAtomic(file, bytes);
}

/**
 * Reads a checkpoint back; a file that is cut short or changed is a TrainingError that says how.
 *
 * @example
 * ```ts
 * import { mkdtempSync, rmSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { readCheckpoint, writeCheckpoint } from '@secateur/training/run';
 *
 * const directory = mkdtempSync(join(tmpdir(), 'example-'));
 * const file = join(directory, 'best.safetensors');
 * writeCheckpoint(file, { step: 10, tensors: {}, state: { epoch: 3 } });
 * readCheckpoint(file); // => { step: 10, tensors: {}, state: { epoch: 3 } }
 * rmSync(directory, { recursive: true });
 * ```
 */
export function readCheckpoint(file: string): Checkpoint {
  const read = tryReadCheckpoint(file);
  if ('checkpoint' in read) return read.checkpoint;
  throw new TrainingError(`readCheckpoint: ${read.problem}; use another checkpoint.`, {
    code: 'checkpoint',
    ...(read.cause === undefined ? {} : { cause: read.cause }),
  });
}

/** What came of reading a checkpoint: the checkpoint, or what is wrong in words. */
export type CheckpointRead =
  { readonly checkpoint: Checkpoint } | { readonly problem: string; readonly cause?: unknown };

/** Reads a checkpoint, and returns what is wrong with its file instead of throwing it. */
export function tryReadCheckpoint(file: string): CheckpointRead {
  let bytes: Uint8Array;
  try {
    bytes = readRegularFile(file);
  } catch (error) {
    throw fileError('readCheckpoint', `read ${file}`, error);
  }
  const expected = expectedSize(bytes);
  if (expected !== undefined && expected !== bytes.length) {
    const trouble = bytes.length < expected ? 'it is cut short' : 'something was added to it';
    return {
      problem: `expected ${String(expected)} bytes in ${file}, found ${String(bytes.length)}: ${trouble}`,
    };
  }
  try {
    const { tensors, metadata } = decodeSafetensors(bytes);
    return check(file, metadata, tensors as Readonly<Record<string, SavedTensor>>);
  } catch (cause) {
    return {
      problem: `expected a checkpoint in ${file}, found a damaged file: ${message(cause).replace(/\.$/, '')}`,
      cause,
    };
  }
}

function check(
  file: string,
  metadata: Readonly<Record<string, string>>,
  tensors: SavedTensors,
): CheckpointRead {
  if (metadata['format'] !== 'secateur-checkpoint') {
    return { problem: `expected a checkpoint in ${file}, found other safetensors` };
  }
  if (metadata['version'] !== version) {
    return {
      problem: `expected a checkpoint of version ${version} in ${file}, found version ${String(metadata['version'])}`,
    };
  }
  const { step = '', state = '', sha256 = '(none)' } = metadata;
  const actual = hash(step, state, tensors);
  if (actual !== sha256) {
    return { problem: `expected sha256 ${sha256} of ${file}, found ${actual}: its bytes changed` };
  }
  if (!/^\d+$/.test(step) || !Number.isSafeInteger(Number(step))) {
    return {
      problem: `expected a whole number as the step in ${file}, found ${JSON.stringify(step)}`,
    };
  }
  const plain = Object.entries(tensors).map(([name, { shape, data }]) => [name, { shape, data }]);
  return {
    checkpoint: {
      step: Number(step),
      tensors: Object.fromEntries(plain) as SavedTensors,
      state: parseJson(state),
    },
  };
}

/** The hash covers names, types and shapes, the step and the state as well as the numbers. */
function hash(step: string, state: string, tensors: SavedTensors): string {
  const digest = createHash('sha256');
  digest.update(JSON.stringify([version, step, state]));
  for (const name of Object.keys(tensors).sort()) {
    const { shape, data } = tensors[name]!;
    digest.update(JSON.stringify([name, typeName(data), shape]));
    updateHash(digest, data);
  }
  return digest.digest('hex');
}

/** The size that a safetensors header promises; undefined when the header itself cannot be read. */
function expectedSize(bytes: Uint8Array): number | undefined {
  if (bytes.length < 8) return 8;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 8 + Number(view.getBigUint64(0, true));
  // A longer header than any is not a length but damage, for decoding to tell.
  if (start > 100_000_008) return undefined;
  if (bytes.length < start) return start;
  try {
    const text = new TextDecoder().decode(bytes.subarray(8, start));
    const entries = Object.values(parseJson(text) as Record<string, { data_offsets?: number[] }>);
    const end = entries.reduce((most, entry) => Math.max(most, entry.data_offsets?.[1] ?? 0), 0);
    return start + end;
  } catch {
    return undefined;
  }
}

/** Throws unless `checkpoint` is one that can be written and read; returns its state as JSON. */
export function checkCheckpoint(checkpoint: Checkpoint, where: string): string {
  if (!Number.isSafeInteger(checkpoint.step) || checkpoint.step < 0) {
    throw argumentError(
      `${where}: expected a whole number of steps >= 0, found ${String(checkpoint.step)}; pass { step, tensors, state }.`,
    );
  }
  checkTensors(checkpoint.tensors, where);
  return toJson(checkpoint.state ?? null, where, 'state');
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
