import { defineConfig } from 'vitest/config';

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
