import { defineProject, mergeConfig } from 'vitest/config';
import { vitestBase } from '../../vitest.config.base.ts';
import packageJson from './package.json' with { type: 'json' };

export default mergeConfig(vitestBase, defineProject({ test: { name: packageJson.name } }));
