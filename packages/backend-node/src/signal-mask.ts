import { access } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const addon = new URL('../native/signal-mask-linux-x64.node', import.meta.url);

/**
 * Keeps signals away from this thread, so that the other threads of Node take them: handlers run as before, in JavaScript and between
 * steps. TensorFlow multiplies with oneDNN, whose code for x86 lets the stack pointer point into the heap meanwhile. A signal that is
 * handled on the same thread then writes a frame of some kilobytes over whatever lies there: Ctrl-C, the new size of a terminal, the
 * end of a child process, the ticks of a profiler. Threads that TensorFlow starts later inherit the mask.
 *
 * On Linux on x64 only. Where the products are those of Eigen (see {@link isSafe}) nothing is done, so that a profiler can be used.
 *
 * @see https://github.com/uxlfoundation/oneDNN/issues/4845, mended in oneDNN in March 2026
 */
export async function keepSignalsAway(
  { platform, arch, env }: Pick<NodeJS.Process, 'platform' | 'arch' | 'env'> = process,
  file: string = fileURLToPath(addon),
): Promise<void> {
  if (platform !== 'linux' || arch !== 'x64' || isSafe(env)) return;
  try {
    // It starts Node's threads for files, if they have not been started: of all its threads only these take SIGUSR1.
    await access(file);
    createRequire(import.meta.url)(file);
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    process.emitWarning(
      `backend-node: expected to keep signals away from TensorFlow's products, found: ${found}; set TENSORFLOW_USE_CUSTOM_CONTRACTION_KERNEL=false and TF_ENABLE_ONEDNN_OPTS=0, or Ctrl-C and other signals can damage memory (oneDNN issue 4845).`,
    );
  }
}

/** Whether TensorFlow is told to multiply without oneDNN, which takes about twice as long. */
const isSafe = (env: NodeJS.ProcessEnv): boolean =>
  isOff(env['TENSORFLOW_USE_CUSTOM_CONTRACTION_KERNEL']) && isOff(env['TF_ENABLE_ONEDNN_OPTS']);

const isOff = (value: string | undefined): boolean => value === 'false' || value === '0';
