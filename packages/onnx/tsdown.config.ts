import { defineConfig } from 'tsdown';
import { library } from '../../tsdown.config.base.ts';

export default defineConfig(library);
