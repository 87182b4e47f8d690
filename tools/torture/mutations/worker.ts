// Reads changed files, a case a seed, and tells its parent what came of each: `worker.ts <folder of the format> <format>`.
import '@secateur/backend-wasm';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useBackend } from '@secateur/backend';
import { registerLayers } from '@secateur/cells/layers';
import { memory } from '@tensorflow/tfjs-core';
import { faultOfError, shownError } from '../errors.ts';
import type { Outcome } from '../outcome.ts';
import { randomOf } from '../random.ts';
import { digest } from './digest.ts';
import { formats } from './formats.ts';
import { mutate } from './mutate.ts';

/** What a worker says of a case. */
export interface Report {
  readonly seed: number;
  readonly outcome: Outcome;
  /** Which file was changed, and what is wrong. */
  readonly detail: string;
}

const [folder, name] = process.argv.slice(2) as [string, string];
const format = formats.find((each) => each.name === name)!;
const log = process.env['TORTURE_LOG'];
const MANY_BYTES = 512 * 2 ** 20;

console.warn = () => undefined;
await useBackend('wasm');
registerLayers();
const whole = new Map(format.files.map((file) => [file, readFileSync(join(folder, file))]));
const before = digest(await format.read(folder));
// A second time, so that all modules are loaded and all caches are filled.
if (digest(await format.read(folder)) !== before) throw new Error(`${name}: two readings differ`);
existsSync(join(folder, '.begin'));
try {
  readFileSync(join(folder, '.begin'));
} catch {
  // It need not be there: that it is opened tells the library that watches what begins now.
}

async function outcomeOf(file: string): Promise<Omit<Report, 'seed'>> {
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

process.on('message', (seed: number) => {
  void (async () => {
    const random = randomOf(seed);
    const file = random.of(format.files);
    writeFileSync(join(folder, file), mutate(file, whole.get(file)!, random));
    const report: Report = { seed, ...(await outcomeOf(file)) };
    writeFileSync(join(folder, file), whole.get(file)!);
    process.send!(report);
  })();
});
process.send!('ready');
