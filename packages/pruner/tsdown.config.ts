import { defineConfig } from 'tsdown';
import { library } from '../../tsdown.config.base.ts';

export default defineConfig({
  ...library,
  entry: ['src/index.ts', 'src/names/index.ts', 'src/tfjs/index.ts', 'src/node/index.ts'],
});
