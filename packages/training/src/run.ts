import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkOptions, namesText, parseJson, sentence, shown } from '@secateur/input';
import {
  isSystemFile,
  isTemporary,
  makeFolder,
  readRegularFile,
  removeTemporaryFiles,
} from '@secateur/safetensors/node';
import { fileError, writeFileAtomic } from './atomic-file.ts';
import type { Checkpoint } from './checkpoint-file.ts';
import {
  type CheckpointEntry,
  latestCheckpoint,
  listCheckpoints,
  namedCheckpoint,
  saveCheckpoint,
  type SaveOptions,
} from './checkpoint-store.ts';
import { argumentError, TrainingError } from './error.ts';
import { differences, toJson } from './json.ts';
import { acquireLock, type Lock } from './lock.ts';
import {
  appendMetrics,
  dropMetricsAfter,
  type Metrics,
  type MetricsRecord,
  readMetrics,
  syncMetrics,
} from './metrics.ts';

/** Where a run stands: never started, started and not finished, or with its `result.json` written. */
export type RunStatus = 'new' | 'interrupted' | 'finished';

/** What {@link openRun} takes. */
export interface RunOptions {
  /** The run directory; made if it does not exist. */
  readonly directory: string;
  /** Every setting that decides what the run computes, as JSON. A run goes on only with the config it began with. */
  readonly config: object;
  /** How many of the newest checkpoints stay; 2 by default. */
  readonly keep?: number;
}

/** A run as anyone may read it, while it trains or after. */
export interface RunReader {
  /** Absolute path of the run directory. */
  readonly directory: string;
  /** Absolute path of its `model` directory, where the exported model goes; not made here. */
  readonly modelDirectory: string;
  /** Where the run stands: as found when it was opened, or `'finished'` once the result is written. */
  readonly status: RunStatus;
  /** The contents of `config.json`. */
  readonly config: unknown;
  /** Reads all records of `metrics.jsonl`. */
  readMetrics(): MetricsRecord[];
  /** Lists the checkpoints that go by step, oldest first, by their names alone. */
  checkpoints(): CheckpointEntry[];
  /** Reads the newest of them; undefined when there is none. A damaged file is an error that names a good older one. */
  latestCheckpoint(): Checkpoint | undefined;
  /** Reads the checkpoint saved under a name; undefined when there is none. */
  namedCheckpoint(name: string): Checkpoint | undefined;
  /** Reads `result.json`; undefined until the run is finished. */
  readResult(): unknown;
}

/** A run that this process has open: nobody else can train in its directory until `close`. */
export interface Run extends RunReader {
  /** The metrics file. */
  readonly metrics: Metrics;
  /**
   * Saves a checkpoint and removes the oldest beyond those kept, or saves it under a name of its own; returns its path.
   * After a crash at any moment the directory holds a whole checkpoint, old or new.
   */
  saveCheckpoint(checkpoint: Checkpoint, options?: SaveOptions): string;
  /** Writes `result.json`, which finishes the run, and closes it: call it last, after the model is exported. */
  writeResult(result: unknown): void;
  /** Lets other processes open the run; does nothing the second time. */
  close(): void;
}

/**
 * Opens a run directory to train in it, whether it is new, interrupted or finished. An interrupted one loses the
 * leftovers of unfinished writes and the metrics of steps after its newest checkpoint, which will be made again.
 * Another config, another process at work in it, or a directory of other files is a {@link TrainingError}.
 *
 * @example
 * ```ts
 * import { mkdtempSync, rmSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { openRun } from '@secateur/training';
 *
 * const directory = mkdtempSync(join(tmpdir(), 'example-'));
 * const run = openRun({ directory, config: { rate: 0.1 } });
 * run.saveCheckpoint({ step: 10, tensors: {}, state: { position: 640 } });
 * run.close();
 * const again = openRun({ directory, config: { rate: 0.1 } });
 * [again.status, again.latestCheckpoint()?.state]; // => ['interrupted', { position: 640 }]
 * again.close();
 * rmSync(directory, { recursive: true });
 * ```
 */
export function openRun(options: RunOptions): Run {
  const names = { directory: true, config: true, keep: true } as const;
  checkOptions('openRun', options, names, argumentError);
  const { keep = 2, config } = options;
  if (!Number.isInteger(keep) || keep < 1) {
    throw argumentError(
      `openRun: expected to keep a whole number of checkpoints >= 1, found ${String(keep)}; leave keep out for 2.`,
    );
  }
  if (typeof config !== 'object' || (config as unknown) === null || Array.isArray(config)) {
    throw argumentError(
      `openRun: expected a config object, found ${shown(config)}; pass every setting of the run.`,
    );
  }
  const text = toJson(config, 'openRun', 'config', 2);
  const directory = checkDirectory(options.directory, 'openRun');
  const paths = pathsOf(directory);
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    throw fileError('openRun', `make the directory ${directory}`, error);
  }
  // A finished run is only read, so it needs no lock and may lie where nothing can be written.
  if (existsSync(paths.result)) {
    checkConfig(paths.config, text);
    return runOf(directory, keep, 'finished', undefined);
  }
  const lock = acquireLock(join(directory, '.lock'));
  try {
    checkBelongings(directory, paths.config);
    const isNew = !existsSync(paths.config);
    if (isNew) writeFileAtomic(paths.config, text + '\n');
    else checkConfig(paths.config, text);
    if (existsSync(paths.result)) {
      // Another process finished it while this one waited for the lock.
      lock.release();
      return runOf(directory, keep, 'finished', undefined);
    }
    try {
      makeFolder(paths.checkpoints);
      removeTemporaryFiles(directory);
      removeTemporaryFiles(paths.checkpoints);
    } catch (error) {
      throw fileError('openRun', `make and tidy the folder ${paths.checkpoints}`, error);
    }
    dropMetricsAfter(paths.metrics, listCheckpoints(paths.checkpoints).at(-1)?.step ?? -1);
    // Makes its name, and that of the directory of checkpoints, survive a power cut.
    if (!existsSync(paths.metrics)) writeFileAtomic(paths.metrics, '');
    return runOf(directory, keep, isNew ? 'new' : 'interrupted', lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/**
 * Opens a run directory only to read it, whatever its config, also while another process trains in it.
 *
 * @example
 * ```ts
 * import { mkdtempSync, rmSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { openRun, readRun } from '@secateur/training/run';
 *
 * const directory = mkdtempSync(join(tmpdir(), 'example-'));
 * const run = openRun({ directory, config: { rate: 0.1 } });
 * run.metrics.append({ step: 1, loss: 4.5 });
 * readRun(directory).config; // => { rate: 0.1 }
 * readRun(directory).readMetrics(); // => [{ step: 1, loss: 4.5 }]
 * run.close();
 * rmSync(directory, { recursive: true });
 * ```
 */
export function readRun(directory: string): RunReader {
  const checked = checkDirectory(directory, 'readRun');
  const paths = pathsOf(checked);
  if (!existsSync(paths.config)) {
    throw new TrainingError(
      `readRun: expected a run directory with a config.json, found none in ${checked}; pass the directory that the training was given.`,
      { code: 'config' },
    );
  }
  return readerOf(checked, existsSync(paths.result) ? 'finished' : 'interrupted');
}

function readerOf(directory: string, status: RunStatus): RunReader {
  const paths = pathsOf(directory);
  return {
    directory,
    modelDirectory: join(directory, 'model'),
    status,
    config: readJson(paths.config),
    readMetrics: () => readMetrics(paths.metrics),
    checkpoints: () => listCheckpoints(paths.checkpoints),
    latestCheckpoint: () => latestCheckpoint(paths.checkpoints),
    namedCheckpoint: (name) => namedCheckpoint(paths.checkpoints, name),
    readResult: () => (existsSync(paths.result) ? readJson(paths.result) : undefined),
  };
}

function runOf(directory: string, keep: number, opened: RunStatus, lock: Lock | undefined): Run {
  const paths = pathsOf(directory);
  let status = opened;
  let open = lock !== undefined;
  const close = (): void => {
    open = false;
    lock?.release();
  };
  const requireOpen = (where: string): void => {
    if (open) return;
    const finished = status === 'finished';
    throw new TrainingError(
      `${where}: expected a run that is open, found ${directory} ${finished ? 'finished' : 'closed'}; ${finished ? 'use another directory, or delete this one to train again' : 'write before close'}.`,
      { code: 'finished' },
    );
  };
  return {
    ...readerOf(directory, opened),
    get status() {
      return status;
    },
    metrics: {
      file: paths.metrics,
      append(record) {
        requireOpen('metrics.append');
        appendMetrics(paths.metrics, record);
      },
      read: () => readMetrics(paths.metrics),
    },
    saveCheckpoint(checkpoint, options) {
      requireOpen('saveCheckpoint');
      // Records up to this step will not be made again, so they must be as safe as the checkpoint.
      syncMetrics(paths.metrics);
      return saveCheckpoint(paths.checkpoints, checkpoint, keep, options);
    },
    writeResult(result) {
      requireOpen('writeResult');
      const text = toJson(result, 'writeResult', 'result', 2);
      syncMetrics(paths.metrics);
      writeFileAtomic(paths.result, text + '\n');
      status = 'finished';
      close();
    },
    close,
  };
}

function pathsOf(
  directory: string,
): Record<'config' | 'metrics' | 'checkpoints' | 'result', string> {
  return {
    config: join(directory, 'config.json'),
    metrics: join(directory, 'metrics.jsonl'),
    checkpoints: join(directory, 'checkpoints'),
    result: join(directory, 'result.json'),
  };
}

function checkDirectory(directory: unknown, where: string): string {
  if (typeof directory === 'string' && directory !== '') return resolve(directory);
  throw argumentError(
    `${where}: expected the path of a directory, found ${shown(directory)}; pass one such as runs/quick.`,
  );
}

/** A directory of other files, a home directory by mistake, must not fill up with checkpoints. */
function checkBelongings(directory: string, config: string): void {
  if (existsSync(config)) return;
  const foreign = readdirSync(directory).filter(
    (name) => !isTemporary(name) && !name.startsWith('.lock') && !isSystemFile(name),
  );
  if (foreign.length === 0) return;
  throw new TrainingError(
    `openRun: expected an empty directory or one with a config.json, found ${namesText(foreign, 3)} in ${directory}; pass a directory of its own.`,
    { code: 'config' },
  );
}

/** Throws unless the config, as JSON, is the one that the file holds. */
function checkConfig(file: string, config: string): void {
  const before = readJson(file);
  const changes = differences(before, JSON.parse(config));
  if (changes.length === 0) return;
  const list = changes.map(({ key, before, now }) => `${key}: ${before} then, ${now} now`);
  throw new TrainingError(
    `openRun: expected the config that this run began with (${file}), found other values (${list.join('; ')}); use the old values to go on, or another directory to start anew.`,
    { code: 'config' },
  );
}

function readJson(file: string): unknown {
  let text: string;
  try {
    text = new TextDecoder().decode(readRegularFile(file));
  } catch (error) {
    throw fileError('openRun', `read ${file}`, error);
  }
  try {
    return parseJson(text);
  } catch (cause) {
    throw new TrainingError(
      `openRun: ${file}: ${sentence((cause as Error).message)} Mend it, or use another directory.`,
      { code: 'config', cause },
    );
  }
}
