import { defineConfig, mergeConfig } from 'vitest/config';
import { vitestBase } from '../vitest.config.base.ts';

// What the tools do and what holds for the repository as a whole, from its sources.
export default mergeConfig(
  vitestBase,
  defineConfig({
    test: {
      name: 'tools',
      root: import.meta.dirname,
      include: ['**/*.test.ts'],
      exclude: ['**/node_modules/**', '**/*.program.test.ts'],
    },
  }),
);
