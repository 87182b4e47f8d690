import { defineConfig, mergeConfig } from 'vitest/config';
import { vitestBase } from '../vitest.config.base.ts';

// What was built, in Chromium: run after `npm run site:build`.
export default mergeConfig(
  vitestBase,
  defineConfig({ test: { name: 'site', root: import.meta.dirname } }),
);
