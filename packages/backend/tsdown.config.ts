import { defineConfig } from 'tsdown';
import { library } from '../../tsdown.config.base.ts';

// The second entry is what bin/secateur-doctor.js starts.
export default defineConfig({ ...library, entry: ['src/index.ts', 'src/doctor-cli.ts'] });
