import { defineProject, mergeConfig } from 'vitest/config';
import { vitestBase } from '../../vitest.config.base.ts';
import packageJson from './package.json' with { type: 'json' };
import { provide, reporters } from './vitest.shared.ts';

// The targets that need only npm; `npm run test:backends` runs all of them, one at a time.
const everywhere = ['cpu', 'wasm', 'wasm-threads'];
const only = process.env['SECATEUR_TARGET'];
const targets = (only === undefined ? everywhere : [only]).map((name) => `targets/${name}.test.ts`);

const merged = mergeConfig(
  vitestBase,
  defineProject({
    test: {
      name: packageJson.name,
      provide,
      // Added to the base's test/.
      include: targets,
      exclude: only === undefined ? [] : ['test/**'],
    },
  }),
);
// Merging would add to the base's reporters.
merged.test!.reporters = reporters;

export default merged;
