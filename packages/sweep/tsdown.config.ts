import { defineConfig } from 'tsdown';
import { library } from '../../tsdown.config.base.ts';

// Node resolves the CommonJS dependencies that a neutral platform would warn about.
export default defineConfig({
  ...library,
  platform: 'node',
  entry: ['src/index.ts', 'src/commands/index.ts'],
});
