import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { clearResults, closingLine, countResults, failures, plus, resultFiles } from './results.ts';

let root: string;
let files: string[];

beforeEach(() => {
  root = temporaryFolder();
  for (const folder of ['packages/a', 'packages/b', 'apps/d', 'examples/c', 'tools']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  files = resultFiles(root);
});
afterEach(() => {
  removeFolder(root);
});

const write = (folder: string, passed: number, failed: number, pending = 0, todo = 0): void => {
  writeFileSync(
    join(root, folder, '.test-results.json'),
    JSON.stringify({
      numPassedTests: passed,
      numFailedTests: failed,
      numPendingTests: pending,
      numTodoTests: todo,
    }),
  );
};

describe('countResults', () => {
  test('adds up packages, applications, examples and tools, and leaves out what wrote nothing', () => {
    write('packages/a', 3, 1, 2, 1);
    write('apps/d', 4, 0);
    write('examples/c', 6, 0);
    write('tools', 5, 0, 1);
    expect(countResults(files, false)).toEqual({ passed: 18, failed: 1, skipped: 4 });
  });
  test('counts a failure where the run failed without a failed test', () => {
    write('packages/a', 3, 0);
    expect(countResults(files, true)).toEqual({ passed: 3, failed: 0, skipped: 0 });
    expect(countResults(files, false)).toEqual({ passed: 3, failed: 1, skipped: 0 });
  });
  test('counts nothing after clearResults', () => {
    write('packages/b', 3, 1);
    clearResults(files);
    expect(countResults(files, true)).toEqual({ passed: 0, failed: 0, skipped: 0 });
  });
});

test('failures are named, those of a file that does not load too', () => {
  const failed = { status: 'failed', fullName: 'a b', failureMessages: ['Error: no\n  at x'] };
  const passed = { status: 'passed', fullName: 'c', failureMessages: [] };
  const testResults = [
    { name: '/x/a.test.ts', status: 'failed', message: '', assertionResults: [failed, passed] },
    { name: '/x/b.test.ts', status: 'failed', message: 'cannot load\n...', assertionResults: [] },
    { name: '/x/c.test.ts', status: 'passed', message: '', assertionResults: [passed] },
  ];
  writeFileSync(files[0]!, JSON.stringify({ testResults }));
  expect(failures(files)).toEqual(['/x/a.test.ts: a b: Error: no', '/x/b.test.ts: cannot load']);
});

test('the closing line is the sum, as .ci/run reads it', () => {
  const sum = plus({ passed: 1, failed: 2, skipped: 3 }, { passed: 10, failed: 20, skipped: 30 });
  expect(closingLine(sum)).toBe('11 passed, 22 failed, 33 skipped');
});
