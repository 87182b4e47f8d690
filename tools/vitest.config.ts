import { defineConfig, mergeConfig } from 'vitest/config';
import { vitestBase } from '../vitest.config.base.ts';

// Checks of the packages as users get them: packed, installed, imported.
export default mergeConfig(
  vitestBase,
  defineConfig({
    test: {
      name: 'tools',
      root: import.meta.dirname,
      include: ['**/*.test.ts'],
    },
  }),
);
