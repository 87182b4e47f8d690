import { backend, tidy } from '@tensorflow/tfjs-core';
import { vi } from 'vitest';

/** How many tensors the addon holds, which those of TensorFlow.js's engine are only a part of. */
export function nativeTensors(): number {
  const { binding } = backend() as unknown as { binding: { getNumOfTensors(): number } };
  return binding.getNumOfTensors();
}

/** Numbers between -1 and 1 that look random, the same for the same seed. */
export function draw(size: number, seed: number): Float32Array {
  let state = seed * 2654435761 + 1;
  return Float32Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** The names of the operations that TensorFlow.js's own kernels run while `body` does, which is tidied. */
export function stockOperations(body: () => void): string[] {
  const own = backend() as unknown as { executeSingleOutput(name: string): unknown };
  const run = vi.spyOn(own, 'executeSingleOutput');
  try {
    tidy(body);
    return run.mock.calls.map(([name]) => name);
  } finally {
    run.mockRestore();
  }
}
