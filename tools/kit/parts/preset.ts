// Part 5: the language model's quick preset, trained to its end on WebGPU.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { short, writeResult } from './result.ts';
import { root } from '../../root.ts';

const work = process.env['KIT_WORK'] ?? '.';
const run = join(work, 'run');
const cli = join(root, 'apps/language-modeling/src/cli.ts');
const small =
  '--preset quick-iss --embed 8 --hidden 8,8 --epochs 1 --ramp-epochs 0 --batch 8 --steps 10';
const options = short ? [...small.split(' '), '--data', shortText()] : ['--preset', 'quick'];
const started = performance.now();

/** A folder with a text that an adapter in software has read soon. */
function shortText(): string {
  const folder = join(work, 'text');
  mkdirSync(folder, { recursive: true });
  for (const [part, sentences] of Object.entries({ train: 160, valid: 40, test: 40 })) {
    writeFileSync(join(folder, `${part}.txt`), 'the cat sat on a mat\n'.repeat(sentences));
  }
  return folder;
}

/** The lines that a training wrote about itself. */
function metricsOf(folder: string): object[] {
  const file = join(folder, 'metrics.jsonl');
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as object).filter((line) => !('loss' in line));
}

/** Writes what there is: a run that is out of time leaves the epochs that it had. */
function write(): void {
  const file = join(run, 'result.json');
  const complete = existsSync(file);
  writeResult('preset', {
    complete,
    seconds: Math.round((performance.now() - started) / 1000),
    options,
    teacher: metricsOf(join(run, 'teacher')),
    student: metricsOf(run),
    ...(complete && { result: JSON.parse(readFileSync(file, 'utf8')) as object }),
  });
}

process.on('SIGTERM', () => {
  write();
  process.exit(1);
});
const args = [cli, 'train', '--backend', 'webgpu', '--run', run, ...options];
const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
child.on('close', (code) => {
  write();
  process.exitCode = code ?? 1;
});
