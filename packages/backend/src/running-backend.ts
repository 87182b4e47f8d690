import { engine, getBackend } from '@tensorflow/tfjs-core';

/**
 * What TensorFlow.js calls the backend that computes now; undefined before one has started, after a removal, and after a start that
 * failed, which leaves TensorFlow.js with a name and no backend.
 */
export function runningBackend(): string | undefined {
  const name = getBackend() as string | null | undefined;
  return typeof name === 'string' && name in engine().registry ? name : undefined;
}
