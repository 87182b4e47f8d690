import { appendFileSync, closeSync, existsSync, fsyncSync } from 'node:fs';
import { isRecord, parseJson, shown } from '@secateur/input';
import { openRegularFile, readRegularFile } from '@secateur/safetensors/node';
import { fileError, writeFileAtomic } from './atomic-file.ts';
import { argumentError, TrainingError } from './error.ts';
import { readable } from './json.ts';

/** One line of a metrics file: the step it is about, and anything JSON can hold. */
export interface MetricsRecord {
  /** Number of training steps taken when it was made. */
  readonly step: number;
  readonly [key: string]: unknown;
}

/** What a line is read with. */
const limits = { characters: 1_000_000 };

/** A metrics file of a run. */
export interface Metrics {
  /** Path of the file, one JSON object a line. */
  readonly file: string;
  /**
   * Appends a record as one line with one write. Numbers that JSON lacks (NaN, Infinity) become null. Append the
   * records of a step before its checkpoint is saved: a resumed run goes on after that step.
   */
  append(record: MetricsRecord): void;
  /** Reads all records back. */
  read(): MetricsRecord[];
}

/**
 * Reads a metrics file. No file is no records; a last line without its end, as a killed process leaves it, is left
 * out; any other line that is no record is an error that names it.
 *
 * @example
 * ```ts
 * import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { readMetrics } from '@secateur/training/run';
 *
 * const directory = mkdtempSync(join(tmpdir(), 'example-'));
 * const file = join(directory, 'metrics.jsonl');
 * // The process was killed while it wrote the third line.
 * writeFileSync(file, '{"step":1,"loss":4.5}\n{"step":2,"loss":4}\n{"step":3,"lo');
 * readMetrics(file); // => [{ step: 1, loss: 4.5 }, { step: 2, loss: 4 }]
 * rmSync(directory, { recursive: true });
 * ```
 */
export function readMetrics(file: string): MetricsRecord[] {
  return readLines(file).map(({ record }) => record);
}

/** Formats a record as the line of a metrics file, its end included. */
function formatMetrics(record: MetricsRecord): string {
  if (!isMetricsRecord(record)) {
    throw argumentError(
      `metrics.append: expected an object with a whole number "step" >= 0, found ${describe(record)}; pass { step, ... }.`,
    );
  }
  const write = (): string => JSON.stringify(record);
  const { text, value } = readable('metrics.append', 'the record', write, limits);
  // An object may say itself what JSON makes of it.
  if (isMetricsRecord(value)) return text + '\n';
  throw argumentError(
    `metrics.append: expected an object that JSON writes as one, found ${shown(text, 60)} of it; pass { step, ... }.`,
  );
}

/** Appends a record to a metrics file. */
export function appendMetrics(file: string, record: MetricsRecord): void {
  const line = formatMetrics(record);
  appendTo(file, 'metrics.append', `append to ${file}`, (handle) => {
    appendFileSync(handle, line);
  });
}

/** Drops the records of steps after `step`, and a half-written last line; returns how many lines went. */
export function dropMetricsAfter(file: string, step: number): number {
  if (!existsSync(file)) return 0;
  const lines = readLines(file);
  const kept = lines.filter(({ record }) => record.step <= step);
  const text = kept.map(({ line }) => line + '\n').join('');
  if (text === readText(file)) return 0;
  writeFileAtomic(file, text);
  return lines.length - kept.length;
}

/** Makes the records so far survive a power cut. */
export function syncMetrics(file: string): void {
  if (!existsSync(file)) return;
  appendTo(file, 'saveCheckpoint', `sync ${file}`, fsyncSync);
}

function appendTo(file: string, where: string, task: string, act: (handle: number) => void): void {
  try {
    const handle = openRegularFile(file, { for: 'append' });
    try {
      act(handle);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    throw fileError(where, task, error);
  }
}

function readText(file: string): string {
  try {
    return new TextDecoder().decode(readRegularFile(file));
  } catch (error) {
    throw fileError('readMetrics', `read ${file}`, error);
  }
}

function readLines(file: string): { record: MetricsRecord; line: string }[] {
  if (!existsSync(file)) return [];
  const lines = readText(file).split('\n');
  // After the last end of line there is nothing, or half a line.
  lines.pop();
  return lines.map((line, i) => ({ record: parse(line, file, i + 1), line }));
}

function parse(line: string, file: string, number: number): MetricsRecord {
  let value: unknown;
  let cause: unknown;
  try {
    value = parseJson(line, limits);
    if (isMetricsRecord(value)) return value;
  } catch (error) {
    cause = error;
  }
  throw new TrainingError(
    `readMetrics: expected a JSON object with a whole number "step" in line ${String(number)} of ${file}, found ${shown(line, 60)}; mend or delete that line.`,
    { code: 'metrics', ...(cause === undefined ? {} : { cause }) },
  );
}

function isMetricsRecord(value: unknown): value is MetricsRecord {
  return isRecord(value) && Number.isSafeInteger(value['step']) && (value['step'] as number) >= 0;
}

function describe(value: unknown): string {
  return isRecord(value) ? `step ${String(value['step'])}` : String(value);
}
