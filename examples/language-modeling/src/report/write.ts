import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readMetrics } from '@whittle/training';
import type { Result } from '../result.ts';
import type { Settings } from '../settings.ts';
import { reportHtml, type Metric } from './html.ts';

/** Writes `report.html` of a run from its metrics and result, and returns the file's path. */
export function writeReport(directory: string, result: Result, settings: Settings): string {
  const metrics = readMetrics(join(directory, 'metrics.jsonl')) as unknown as Metric[];
  const file = join(directory, 'report.html');
  writeFileSync(`${file}.new`, reportHtml(result, settings, metrics));
  renameSync(`${file}.new`, file);
  return file;
}
