// `npm run torture:memory`: networks of 3.5 and 4.5 GiB on WASM, whose memory ends at 4 GiB; with `--tests` the numeric
// tests above 2 GiB as well, where an address has the sign bit of a number of 32 bits.
import { execFileSync } from 'node:child_process';
import { dispose } from '@tensorflow/tfjs-core';
import { BackendError, useBackend } from '@secateur/backend';
import '@secateur/backend-wasm';
import { toolCommand } from '@secateur/testing/command';
import { check, makeModel, type Model } from './model.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function timed(what: string, work: () => string): void {
  const start = performance.now();
  const result = work();
  say(`${what}: ${result} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
}

/** A network that fits computes what it must. */
function fits(): string {
  const model = makeModel(3.5, check);
  check(model);
  dispose([...model.weights]);
  return `${model.weights.length} layers, all outputs and norms exact`;
}

/** A network that does not fit is refused, and what there is of it still computes what it must. */
function isRefused(): string {
  let part: Model | undefined;
  try {
    makeModel(4.5, (made) => {
      part = made;
      check(made);
    });
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    return `refused after ${part!.weights.length} layers, which stayed exact.\n  ${error.message}\n `;
  }
  throw new Error('torture:memory: expected 4.5 GiB to be refused, found that they were taken.');
}

await useBackend('wasm');
timed('3.5 GiB', fits);
timed('4.5 GiB', isRefused);
timed('3.5 GiB again', fits);

if (process.argv.includes('--tests')) {
  const env = { ...process.env, SECATEUR_TEST_WASM_HIGH: '1', SECATEUR_TEST_BACKENDS: 'wasm' };
  const [vitest, ...args] = toolCommand('vitest', 'run', '--maxWorkers', '1', '--reporter', 'dot');
  for (const name of ['backend', 'lasso', 'cells', 'backend-wasm']) {
    const cwd = new URL(`../../../packages/${name}/`, import.meta.url);
    const only = name === 'backend-wasm' ? ['test/simd'] : [];
    execFileSync(vitest, [...args, ...only], { cwd, env, stdio: 'inherit' });
  }
}
