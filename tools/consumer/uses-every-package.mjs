// Runs in an empty project with the packed packages: a two-layer LSTM loses its dead units while it trains, is saved,
// read back and checked. It fails where anything is not as expected.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dispose, reshape, sum, tensor1d, tensor2d, tidy, train } from '@tensorflow/tfjs-core';
import { useBackend } from '@secateur/backend';
import '@secateur/backend-wasm';
import {
  denseLayer,
  embeddingLayer,
  lstmLayer,
  sequence,
  softmaxCrossEntropy,
  uniformWeights,
  weightTensors,
  weightVariables,
} from '@secateur/cells';
import { issGroups, layoutShapes } from '@secateur/groups';
import { parseJson } from '@secateur/input';
import { lstmCell, weightShapes } from '@secateur/kernels';
import { groupLasso } from '@secateur/lasso';
import { findRemovable, maxAbsDifference, prune } from '@secateur/pruner';
import { readModelDirectory, writeModelDirectory } from '@secateur/pruner/node';
import { readVariables } from '@secateur/pruner/tfjs';
import { decodeSafetensors, encodeSafetensors } from '@secateur/safetensors';
import { openRun } from '@secateur/training';

const backend = await useBackend('wasm');
const net = sequence(
  embeddingLayer('embedding', { vocab: 'vocab', width: 'embed' }),
  lstmLayer('lstm1', { input: 'embed', units: 'h1' }),
  lstmLayer('lstm2', { input: 'h1', units: 'h2' }),
  denseLayer('softmax', { input: 'h2', output: 'vocab' }),
);
const dims = { vocab: 10, embed: 6, h1: 8, h2: 8 };
const layout = net.layout(dims);
const variables = weightVariables(net.init(dims, uniformWeights({ min: -0.3, max: 0.3, seed: 1 })));
const logits = (weights, ids) => reshape(net.apply(weights, ids).outputs, [-1, 10]);

const words = tensor2d([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [2, 5], 'int32');
const next = tensor1d([1, 2, 3, 4, 5, 6, 7, 8, 9, 0], 'int32');
const optimizer = groupLasso(train.sgd(0.5), issGroups(layout), {
  lambda: 0.01,
  threshold: 1e-4,
  clipNorm: 5,
});
const losses = [];
const directory = mkdtempSync(join(tmpdir(), 'secateur-run-'));
const run = openRun({ directory: join(directory, 'run'), config: { lambda: 0.01 } });
for (let step = 1; step <= 30; step++) {
  const cost = optimizer.minimize(
    () => sum(softmaxCrossEntropy(logits(variables, words), next)),
    true,
  );
  losses.push(cost.dataSync()[0]);
  cost.dispose();
}

// Kill four units of the first layer by hand, whatever thirty steps did, so that there is something to remove.
const weights = Object.fromEntries(
  Object.entries(readVariables(variables)).map(([name, { shape, data }]) => [
    name,
    { shape, data: data.slice() },
  ]),
);
for (const name of ['lstm1/recurrent', 'lstm2/kernel']) {
  const columns = weights[name].shape[1];
  weights[name].data.fill(0, 0, 4 * columns);
}
const { kept } = findRemovable(weights, layout);
const smaller = prune(weights, layout, kept);
await writeModelDirectory(join(directory, 'model'), {
  ...smaller,
  architecture: { gates: 'ifgo' },
});
const back = await readModelDirectory(join(directory, 'model'));

const logitsOf = (named) => tidy(() => logits(weightTensors(named), words).dataSync());
const maxAbsDiff = maxAbsDifference(logitsOf(weights), logitsOf(back.weights));
run.saveCheckpoint({ step: 30, tensors: back.weights, state: { done: true } });
const checkpoint = run.latestCheckpoint();
run.writeResult({ maxAbsDiff });
const bytes = encodeSafetensors({ x: { shape: [2], data: Float32Array.of(1, 2) } });
dispose([words, next, ...Object.values(variables)]);
rmSync(directory, { recursive: true });

const { kernel } = weightShapes(lstmCell, { input: 6, units: 8 });

assert.equal(backend.name, 'wasm');
assert.deepEqual(kernel, layoutShapes(layout)['lstm1/kernel']);
assert.equal(smaller.layout.dims.h1, 4);
assert.ok(losses.at(-1) < losses[0], `the loss fell: ${losses}`);
assert.equal(checkpoint.step, 30);
assert.equal(decodeSafetensors(bytes).tensors.x.data[1], parseJson('[1, 2]')[1]);
// Pruning dead components changes no output beyond the rounding of float32.
assert.ok(maxAbsDiff < 1e-5, `outputs differ by ${maxAbsDiff}`);
console.log(`pruned on ${backend.name}, largest difference ${maxAbsDiff}`);
