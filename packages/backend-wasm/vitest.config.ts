import { sharedProcess } from '../../vitest.config.base.ts';
import packageJson from './package.json' with { type: 'json' };

export default sharedProcess(packageJson.name);
