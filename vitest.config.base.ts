import { defineConfig } from 'vitest/config';

// `npm run test:nodes` says which Node it means; a run on another would prove nothing about that one.
const meant = process.env['SECATEUR_TEST_NODE'];
if (meant !== undefined && process.version !== `v${meant}`) {
  throw new Error(
    `vitest: expected Node v${meant}, as SECATEUR_TEST_NODE says, found ${process.version}; see that PATH begins with its folder.`,
  );
}

const conditions = ['@secateur/source', 'module', 'node', 'import', 'default'];

/** What every package's tests share: sources instead of builds, and a result file that `npm test` adds up. */
export const vitestBase = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', ['json', { outputFile: '.test-results.json' }]],
    testTimeout: 0,
    hookTimeout: 0,
    maxWorkers: 2,
  },
});
