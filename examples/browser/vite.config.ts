import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vite';

const webgpu = '@whittle/backend-webgpu';
const present = existsSync(join(import.meta.dirname, '../../node_modules', webgpu));

// A user's configuration is empty; this one only chooses the WebGPU driver while its package may be missing.
export default defineConfig({ resolve: { alias: present ? { '#webgpu': webgpu } : {} } });
