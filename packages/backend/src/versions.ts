import { version_core } from '@tensorflow/tfjs-core';

/** Returns the versions that every description has: TensorFlow.js's core and, outside browsers, the engine's. */
export function platformVersions(): Record<string, string> {
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  const node = process?.versions?.node;
  return { '@tensorflow/tfjs-core': version_core, ...(node === undefined ? {} : { node }) };
}
