import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Machine } from '../machine.ts';
import type { SuiteResult } from '../suite.ts';

/** What `--json` writes. */
export interface BenchFile {
  /** When the run began. */
  readonly date: string;
  /** The command that made it. */
  readonly command: string;
  readonly machine: Machine;
  readonly rounds: number;
  readonly threads: number;
  /** By the name of the suite. */
  readonly suites: Readonly<Record<string, SuiteResult>>;
}

/** Writes a result to a temporary name and renames it, so that nobody reads half of it. */
export function writeBenchFile(path: string, content: BenchFile): void {
  const aside = `${path}.${process.pid}.tmp`;
  writeFileSync(aside, `${JSON.stringify(content, null, 2)}\n`);
  renameSync(aside, path);
}

/**
 * Reads what {@link writeBenchFile} wrote.
 *
 * @throws Error when the file is something else.
 */
export function readBenchFile(path: string): BenchFile {
  const content = JSON.parse(readFileSync(path, 'utf8')) as Partial<BenchFile> | null;
  if (content?.machine === undefined || content.suites === undefined) {
    throw new Error(
      `--render: expected a file that npm run bench -- --json wrote, found no machine and suites in ${path}.`,
    );
  }
  return content as BenchFile;
}
