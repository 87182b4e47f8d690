import { defineProject, mergeConfig } from 'vitest/config';
import { vitestBase } from '../../vitest.config.base.ts';
import packageJson from './package.json' with { type: 'json' };

// Vitest gives these conditions to Node for `require` too. With `import` among them, pg, which BullMQ requires, would resolve
// its own parts to modules.
const conditions = ['@secateur/source', 'module', 'node'];
const ssr = { resolve: { conditions, externalConditions: conditions } };

export default mergeConfig(
  { ...vitestBase, ssr },
  defineProject({ test: { name: packageJson.name } }),
);
