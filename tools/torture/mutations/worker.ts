// Reads changed files of the formats that its parent names, a case a seed, and tells it what came of each.
import '@secateur/backend-wasm';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useBackend } from '@secateur/backend';
import { registerLayers } from '@secateur/cells/layers';
import { memory } from '@tensorflow/tfjs-core';
import { faultOfError, shownError } from '../errors.ts';
import type { Outcome } from '../outcome.ts';
import { foldSeed } from '@secateur/cells';
import { randomOf } from '@secateur/testing/damage';
import { digest } from './digest.ts';
import type { Format } from './format.ts';
import { formats } from './formats.ts';
import { mutate } from './mutate.ts';

/** What a worker is told: to get ready for a format whose whole files lie in a folder, or to change and read one. */
export type Task = { readonly format: string; readonly folder: string } | { readonly seed: number };

/** What a worker says of a case. */
export interface Report {
  readonly seed: number;
  readonly outcome: Outcome;
  /** Which file was changed, and what is wrong. */
  readonly detail: string;
}

/** A format, and its files before any is changed. */
interface Ready {
  readonly format: Format;
  readonly folder: string;
  readonly whole: ReadonlyMap<string, Buffer>;
  /** Of what is read from them. */
  readonly before: string;
}

const log = process.env['TORTURE_LOG'];
const MANY_BYTES = 512 * 2 ** 20;

console.warn = () => undefined;
await useBackend('wasm');
registerLayers();

async function prepare(name: string, folder: string): Promise<Ready> {
  const format = formats.find((each) => each.name === name)!;
  const whole = new Map(format.files.map((file) => [file, readFileSync(join(folder, file))]));
  const before = digest(await format.read(folder));
  // A second time, so that all modules are loaded and all caches are filled.
  if (digest(await format.read(folder)) !== before) throw new Error(`${name}: two readings differ`);
  forgetPeak();
  try {
    readFileSync(join(folder, '.begin'));
  } catch {
    // It need not be there: that it is opened tells the library that watches which folder is meant from now on.
  }
  // What the two readings opened.
  if (log !== undefined) rmSync(log, { force: true });
  return { format, folder, whole, before };
}

/** Has the process's peak of memory counted anew, so that no format hides what another one takes; on Linux alone. */
function forgetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Then it is the peak since the process began.
  }
}

async function outcomeOf(
  { format, folder, before }: Ready,
  file: string,
): Promise<Omit<Report, 'seed'>> {
  const tensors = memory().numTensors;
  const peak = process.resourceUsage().maxRSS * 1024;
  let outcome: Outcome;
  let detail = file;
  try {
    const same = digest(await format.read(folder)) === before;
    outcome = same ? 'as before' : format.sealed ? 'silent difference' : 'read as other content';
  } catch (error) {
    const fault = faultOfError(error);
    outcome = fault === undefined ? 'refused' : 'raw error';
    detail += `: ${fault === undefined ? '' : `${fault}: `}${shownError(error)}`;
  }
  if ('polluted' in {}) {
    delete (Object.prototype as { polluted?: unknown }).polluted;
    return { outcome: 'polluted prototype', detail };
  }
  if (log !== undefined && existsSync(log)) {
    const opened = readFileSync(log, 'utf8').trim().replaceAll('\n', ', ');
    rmSync(log);
    return { outcome: 'outside the folder', detail: `${file}: ${opened}` };
  }
  if (memory().numTensors > tensors) return { outcome: 'tensors left', detail };
  const more = process.resourceUsage().maxRSS * 1024 - peak;
  if (more > MANY_BYTES) return { outcome: 'much memory', detail: `${file}: ${more} bytes` };
  return { outcome, detail };
}

let ready: Ready;

async function answer(task: Task): Promise<Report | 'ready'> {
  if ('format' in task) {
    ready = await prepare(task.format, task.folder);
    return 'ready';
  }
  const { seed } = task;
  const { format, folder, whole } = ready;
  const random = randomOf(foldSeed(seed, 'torture'));
  const file = random.of(format.files);
  writeFileSync(join(folder, file), mutate(file, whole.get(file)!, random));
  const outcome = await outcomeOf(ready, file);
  writeFileSync(join(folder, file), whole.get(file)!);
  return { seed, ...outcome };
}

process.on('message', (task: Task) => {
  void answer(task).then((report) => process.send!(report));
});
process.send!('ready');
