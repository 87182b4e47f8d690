import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** How many tests passed, failed, and were skipped or are still to be written. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const none: Counts = { passed: 0, failed: 0, skipped: 0 };

/** Where vitest leaves the results of each package, application and example, and of the tools. */
export function resultFiles(root: string): string[] {
  const folders = ['packages', 'apps', 'examples'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => join(root, folder, name)),
  );
  return [...folders, join(root, 'tools')].map((folder) => join(folder, '.test-results.json'));
}

/** Removes what an earlier run left: a result that a crashed runner did not write must not be counted as its own. */
export function clearResults(files: readonly string[]): void {
  for (const file of files) rmSync(file, { force: true });
}

/** Adds up the results that are there. A run that failed counts as at least one failed test. */
export function countResults(files: readonly string[], ranWell: boolean): Counts {
  const counts = files
    .filter((file) => existsSync(file))
    .map((file) => {
      const report = JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>;
      return {
        passed: report['numPassedTests']!,
        failed: report['numFailedTests']!,
        skipped: report['numPendingTests']! + report['numTodoTests']!,
      };
    })
    .reduce(plus, none);
  // A file that fails to load has no failed tests of its own; the exit status still says so.
  return ranWell || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

/** The names of the tests that failed, and of the files that could not be loaded, each with the first line of what was wrong. */
export function failures(files: readonly string[]): string[] {
  return files
    .filter((file) => existsSync(file))
    .flatMap((file) => {
      const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as Report;
      return testResults.flatMap(({ name, status, message, assertionResults }) => {
        const failed = assertionResults.filter((each) => each.status === 'failed');
        if (failed.length === 0)
          return status === 'failed' ? [`${name}: ${firstLine(message)}`] : [];
        return failed.map(
          ({ fullName, failureMessages }) =>
            `${name}: ${fullName}: ${firstLine(failureMessages[0] ?? '')}`,
        );
      });
    });
}

/** What of vitest's JSON is read here. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

const firstLine = (text: string): string => text.split('\n')[0]!.slice(0, 300);

export function plus(a: Counts, b: Counts): Counts {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  };
}

/** The closing line that `.ci/run` adds up. */
export function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
