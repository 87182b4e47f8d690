import { defineConfig } from 'tsdown';
import { library } from '../../tsdown.config.base.ts';

// Node resolves the CommonJS dependency that a neutral platform would warn about.
export default defineConfig({
  ...library,
  platform: 'node',
  entry: ['src/index.ts', 'src/run/index.ts'],
});
