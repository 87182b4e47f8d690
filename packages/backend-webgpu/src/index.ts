/**
 * TensorFlow.js's WebGPU backend in browsers and in Node, with WGSL kernels for recurrent networks and their training.
 * @packageDocumentation
 */
import { registerDriver } from '@secateur/backend/kernels';
import { webgpuDriver } from './webgpu-driver.ts';

registerDriver(webgpuDriver);

export { webgpuDriver };
