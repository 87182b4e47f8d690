/**
 * Native TensorFlow for Node: tfjs-node and tfjs-node-gpu, with kernels for whole sequences, products and optimizer steps.
 * @packageDocumentation
 */
import { registerDriver } from '@secateur/backend/kernels';
import { nodeDriver, nodeGpuDriver } from './drivers.ts';

registerDriver(nodeDriver);
registerDriver(nodeGpuDriver);

export { nodeDriver, nodeGpuDriver };
