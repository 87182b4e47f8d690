// Part 2: the conformance suite's WebGPU target, run by vitest's own runner without vitest's program, which needs more files
// than a kit should carry.
import { startTests, type File, type Task, type VitestRunner } from '@vitest/runner';
import { short, writeResult } from './result.ts';

/** What `docs/backends.md` says each backend brings, put here when the kit is made. */
declare const DOCUMENTED_KERNELS: Readonly<Record<string, readonly string[]>>;

const config: VitestRunner['config'] = {
  root: '/',
  name: 'webgpu',
  setupFiles: [],
  passWithNoTests: false,
  // One suite of each kind.
  testNamePattern: short ? /what is active|GroupSquaredNorms|the same bits/ : undefined,
  allowOnly: false,
  sequence: { seed: 1, hooks: 'stack', setupFiles: 'list' },
  chaiConfig: undefined,
  maxConcurrency: 1,
  testTimeout: 0,
  hookTimeout: 0,
  retry: 0,
  includeTaskLocation: false,
  tags: [],
  tagsFilter: undefined,
  strictTags: false,
};

// Where vitest's `inject` and `expect` look for what its program would have said.
Object.assign(globalThis, {
  __vitest_worker__: {
    config,
    filepath: 'webgpu',
    providedContext: { documented: DOCUMENTED_KERNELS, adapter: '', binaries: '' },
  },
});

const failures: { readonly test: string; readonly error: string }[] = [];
let passed = 0;
let active: unknown;
const started = performance.now();

/** Writes what there is so far, so that a run that is stopped leaves what it has. */
const write = (complete: boolean): void => {
  const seconds = Math.round((performance.now() - started) / 1000);
  writeResult('conformance', {
    complete,
    passed,
    failed: failures.length,
    seconds,
    active,
    failures,
  });
};

const nameOf = (task: Task): string =>
  task.suite === undefined ? task.name : `${nameOf(task.suite)} > ${task.name}`;

const runner: VitestRunner = {
  config,
  importFile: () => import('../../../packages/conformance/targets/webgpu.test.ts'),
  onAfterRunTask(test) {
    if (test.result?.state === 'pass') passed++;
    active ??= (test.meta as { active?: unknown }).active;
    if (test.result?.state !== 'fail') return;
    const error = test.result.errors?.[0]?.message ?? 'no message';
    failures.push({ test: nameOf(test), error: error.slice(0, 600) });
    console.log(`FAILED ${nameOf(test)}: ${error}`);
    write(false);
  },
  onAfterRunSuite: () => {
    write(false);
  },
};

const [file] = (await startTests(['webgpu'], runner)) as [File];
for (const { message } of file.result?.errors ?? [])
  failures.push({ test: file.name, error: message });
write(true);
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length === 0 && passed > 0 ? 0 : 1);
