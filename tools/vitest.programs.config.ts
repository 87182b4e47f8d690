import { defineConfig } from 'vitest/config';
import { vitestBase } from '../vitest.config.base.ts';

// Whole programs, as users start them, and packages as users get them: built, packed, installed, imported.
export default defineConfig({
  ...vitestBase,
  test: {
    ...vitestBase.test,
    name: 'programs',
    root: import.meta.dirname,
    include: ['**/*.program.test.ts'],
  },
});
