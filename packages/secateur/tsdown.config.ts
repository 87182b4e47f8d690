import { defineConfig } from 'tsdown';
import { library } from '../../tsdown.config.base.ts';

// A program for Node that exports nothing: bin/secateur.js starts dist/cli.js, and there are no types to ship.
export default defineConfig({
  ...library,
  entry: ['src/cli.ts'],
  platform: 'node',
  dts: false,
  sourcemap: false,
});
