import { version_core } from '@tensorflow/tfjs-core';
import { nodeProcess } from './node-builtin.ts';

/** Returns the versions that every description has: TensorFlow.js's core and, outside browsers, the engine's. */
export function platformVersions(): Record<string, string> {
  const node = nodeProcess()?.versions?.node;
  return { '@tensorflow/tfjs-core': version_core, ...(node === undefined ? {} : { node }) };
}
