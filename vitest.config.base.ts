import { defineConfig } from 'vitest/config';
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
