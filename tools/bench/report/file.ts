import { readFileSync } from 'node:fs';
import { writeFileAtomic } from '@secateur/training';
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

/** Writes a result. */
export function writeBenchFile(path: string, content: BenchFile): void {
  writeFileAtomic(path, `${JSON.stringify(content, null, 2)}\n`);
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
