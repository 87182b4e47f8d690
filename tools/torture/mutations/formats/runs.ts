import { join } from 'node:path';
import { readCheckpoint, readRun } from '@secateur/training';
import type { Format } from '../format.ts';

/** Directories that trainings leave. */
export const runFormats: readonly Format[] = [
  {
    name: 'checkpoint',
    sealed: true,
    files: ['checkpoint.safetensors'],
    read: (folder) => readCheckpoint(join(folder, 'checkpoint.safetensors')),
  },
  {
    name: 'run directory',
    sealed: false,
    files: ['run/config.json', 'run/metrics.jsonl', 'run/result.json'],
    read: (folder) => {
      const run = readRun(join(folder, 'run'));
      return [run.config, run.readMetrics(), run.latestCheckpoint(), run.readResult()];
    },
  },
];
