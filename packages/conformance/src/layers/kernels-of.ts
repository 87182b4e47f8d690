import { engine } from '@tensorflow/tfjs-core';

/** Names of the kernels that `work` runs. */
export async function kernelsOf(work: () => Promise<unknown>): Promise<Set<string>> {
  const names = new Set<string>();
  const { runKernel } = engine();
  engine().runKernel = function (name, ...rest) {
    names.add(name);
    return runKernel.call(engine(), name, ...rest) as never;
  };
  try {
    await work();
  } finally {
    engine().runKernel = runKernel;
  }
  return names;
}
