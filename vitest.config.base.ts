import { join } from 'node:path';
import { configDefaults, defineConfig, type ViteUserConfig } from 'vitest/config';
import type { Reporter } from 'vitest/reporters';

// `npm run test:nodes` says which Node it means; a run on another would prove nothing about that one.
const meant = process.env['SECATEUR_TEST_NODE'];
if (meant !== undefined && process.version !== `v${meant}`) {
  throw new Error(
    `vitest: expected Node v${meant}, as SECATEUR_TEST_NODE says, found ${process.version}; see that PATH begins with its folder.`,
  );
}

const conditions = ['@secateur/source', 'module', 'node', 'import', 'default'];

/** How often a test that failed is tried again: once in CI, where everything runs beside everything; else never. */
const retry = Number(process.env['SECATEUR_TEST_RETRY'] ?? 0);

/** Names a test that passed on a later try only, for no test should need one; `.ci/run` repeats these lines at its end. */
const laterTries: Reporter = {
  onTestCaseResult(test) {
    if (!test.diagnostic()?.flaky) return;
    const [error] = test.result().errors ?? [];
    const why = error?.message.split('\n')[0] ?? '';
    const name = `${test.module.relativeModuleId}: ${test.fullName}`;
    process.stdout.write(`passed on a later try: ${name}: ${why}\n`);
  },
};

/** What every package's tests share: sources instead of builds, and a result file that `npm test` adds up. */
export const vitestBase = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', ['json', { outputFile: '.test-results.json' }], laterTries],
    retry,
    testTimeout: 0,
    hookTimeout: 0,
    // A second, vitest's own limit, is little on a busy machine.
    expect: { poll: { timeout: 2 ** 30 } },
    maxWorkers: 2,
  },
});

/** Files whose tests change what the rest of their process would see, in packages whose files share processes. */
const isolated = 'test/**/*.isolated.test.ts';

/**
 * For a package whose tests need no process of their own: its files share two processes, which load TensorFlow.js once and not for
 * every file. Variables and mocks that a file leaves behind are removed after it. A file whose name ends in `.isolated.test.ts` still
 * has a process for itself. `setupFiles` are run before each file, as vitest's setting of that name.
 */
export function sharedProcess(name: string, setupFiles: readonly string[] = []): ViteUserConfig {
  const shared = {
    name,
    isolate: false,
    exclude: [...configDefaults.exclude, isolated],
    setupFiles: [join(import.meta.dirname, 'packages/testing/src/tidy-process.ts'), ...setupFiles],
  };
  const alone = { name: `${name} isolated`, include: [isolated] };
  const projects = [shared, alone].map((test) => ({
    ...vitestBase,
    test: { ...vitestBase.test, ...test },
  }));
  return { ...vitestBase, test: { ...vitestBase.test, projects } };
}
