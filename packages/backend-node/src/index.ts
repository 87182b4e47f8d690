/**
 * Native TensorFlow for Node: tfjs-node and tfjs-node-gpu, with fused LSTM and softmax kernels.
 * @packageDocumentation
 */
import { registerDriver } from '@secateur/backend/kernels';
import { nodeDriver, nodeGpuDriver } from './drivers.ts';

registerDriver(nodeDriver);
registerDriver(nodeGpuDriver);

export { nodeDriver, nodeGpuDriver };
