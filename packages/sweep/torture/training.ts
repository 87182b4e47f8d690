// A small training as users write it: an LSTM that learns to add up, with a λ that takes units away. It keeps the contract of
// run directories, so it goes on from its newest checkpoint; beside that it leaves a
// dot for every step that it makes, where TORTURE_NOTES says.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  dispose,
  mean,
  tensor2d,
  tidy,
  train,
  type Scalar,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { useBackend } from '@secateur/backend';
import '@secateur/backend-wasm';
import {
  denseLayer,
  embeddingLayer,
  foldSeed,
  lstmLayer,
  sequence,
  softmaxCrossEntropy,
  weightVariables,
} from '@secateur/cells';
import { countMacs, issGroups } from '@secateur/groups';
import { groupLasso } from '@secateur/lasso';
import { writeModelDirectory } from '@secateur/pruner/node';
import { compact, fetchVariables } from '@secateur/pruner/tfjs';
import {
  openRun,
  readOptimizerState,
  readVariables,
  writeOptimizerState,
  writeVariables,
} from '@secateur/training';

const [ROWS, TIME, DIGITS] = [16, 8, 10];

const { values } = parseArgs({
  options: {
    run: { type: 'string' },
    lambda: { type: 'string', default: '0' },
    units: { type: 'string', default: '24' },
    steps: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
  },
});
const directory = values.run!;
const { TORTURE_NOTES: notes, SECATEUR_TRIAL_ID: trial = 'alone' } = process.env;
const [lambda, units, steps, seed] = [values.lambda, values.units, values.steps, values.seed].map(
  Number,
) as [number, number, number, number];

const net = sequence(
  embeddingLayer('embedding', { vocab: 'digits', width: 'embed' }),
  lstmLayer('lstm', { input: 'embed', units: 'h' }),
  denseLayer('softmax', { input: 'h', output: 'digits' }),
);
const layout = net.layout({ digits: DIGITS, embed: 8, h: units });

/** Digits at random; the target is the last digit of the sum of the last three. */
function windowOf(
  name: string,
  step: number,
): { readonly inputs: Tensor; readonly targets: Tensor } {
  const digits = Array.from({ length: ROWS }, (_, row) =>
    Array.from({ length: TIME }, (_, t) => foldSeed(seed, name, step, row, t) % DIGITS),
  );
  const sums = digits.map((row) =>
    row.map((digit, t) => (digit + (row[t - 1] ?? 0) + (row[t - 2] ?? 0)) % DIGITS),
  );
  return {
    inputs: tensor2d(digits, undefined, 'int32'),
    targets: tensor2d(sums, undefined, 'int32'),
  };
}

const run = openRun({ directory, config: { lambda, units, steps, seed } });
if (run.status !== 'finished') {
  await useBackend('wasm');
  const variables = weightVariables(net.init({ digits: DIGITS, embed: 8, h: units }, seed));
  const optimizer = groupLasso(train.adam(0.02), issGroups(layout), { lambda, threshold: 0.02 });
  const lossOf = (name: string, step: number): Scalar => {
    const { inputs, targets } = windowOf(name, step);
    return mean(
      softmaxCrossEntropy(net.apply(variables, inputs as never).outputs, targets as never),
    );
  };
  const last = run.latestCheckpoint();
  if (last !== undefined) {
    writeVariables(variables, last.tensors);
    await writeOptimizerState(optimizer, { tensors: last.tensors, state: last.state });
  }
  for (let step = (last?.step ?? 0) + 1; step <= steps; step++) {
    const loss = optimizer.minimize(() => lossOf('training', step), true)!;
    if (notes !== undefined) appendFileSync(join(notes, trial), '.');
    if (step % 20 === 0) {
      run.metrics.append({
        step,
        loss: (await loss.data())[0]!,
        ...(await optimizer.metrics()).alive,
      });
      const { tensors, state } = await readOptimizerState(optimizer);
      run.saveCheckpoint({
        step,
        tensors: { ...(await readVariables(variables)), ...tensors },
        state,
      });
    }
    loss.dispose();
  }
  let total = 0;
  for (let i = 0; i < 10; i++) {
    const loss = tidy(() => lossOf('test', i));
    total += (await loss.data())[0]! / 10;
    loss.dispose();
  }
  const small = await compact({ variables, layout, optimizer });
  const weights = await fetchVariables(small.variables);
  const architecture = { gates: 'ifgo', forgetBias: 0 };
  await writeModelDirectory(join(directory, 'model'), {
    weights,
    layout: small.layout,
    architecture,
  });
  run.writeResult({
    perplexity: Math.exp(total),
    macs: countMacs(small.layout),
    units: small.kept['h']!.length,
  });
  optimizer.dispose();
  dispose(small.variables);
}
run.close();
