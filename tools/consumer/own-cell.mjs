// Runs in an empty project with the packed packages: a recurrent cell that no package knows is trained to a budget and pruned, on
// the backend that the command names. The last line is JSON for the test that started it.
import { losses, tensor, tidy, train } from '@tensorflow/tfjs-core';
import { useBackend } from '@secateur/backend';
import '@secateur/backend-wasm';
import {
  denseLayer,
  recurrentLayer,
  sequence,
  weightTensors,
  weightVariables,
} from '@secateur/cells';
import { issGroups } from '@secateur/groups';
import { add, defineCell, gate, mul, sigmoid, sub, tanh } from '@secateur/kernels';
import { groupLasso } from '@secateur/lasso';
import { findRemovable, maxAbsDifference, prune } from '@secateur/pruner';
import { fetchVariables } from '@secateur/pruner/tfjs';

// A gated unit with two states: a fast one, which is the output, and a slow one that follows it.
const cell = defineCell({
  name: 'fast and slow',
  states: ['fast', 'slow'],
  output: 'fast',
  blocks: 'fsn',
  parameters: ['leak'],
  equations: ({ fast, slow, leak }) => {
    const f = sigmoid(gate('f', fast));
    const s = sigmoid(add(gate('s', slow), mul(leak, slow)));
    const n = tanh(gate('n', mul(f, fast)));
    const next = add(mul(sub(1, f), slow), mul(f, n));
    return { fast: next, slow: add(mul(s, slow), mul(sub(1, s), next)) };
  },
});

const { name: backend } = await useBackend(process.argv[2]);
const dims = { x: 2, h: 12, y: 1 };
const net = sequence(
  recurrentLayer('cell', cell, { input: 'x', units: 'h' }),
  denseLayer('out', { input: 'h', output: 'y', bias: false }),
);
const layout = net.layout(dims);
const variables = weightVariables(net.init(dims, 1));
const run = (weights) => net.apply(weights, x).outputs;

// The running mean of the first input, as often as the second one is positive.
const [rows, steps] = [16, 10];
const values = Array.from({ length: rows * steps * 2 }, (_, k) => Math.sin(1.7 * k + k * k));
const x = tensor(values, [rows, steps, 2]);
const wanted = tensor(
  Array.from({ length: rows }, (_, b) => {
    let mean = 0;
    return Array.from({ length: steps }, (_, t) => {
      const at = 2 * (b * steps + t);
      if (values[at + 1] > 0) mean += (values[at] - mean) / 2;
      return mean;
    });
  }).flat(),
  [rows, steps, 1],
);

const optimizer = groupLasso(train.adam(0.02), issGroups(layout), {
  budget: { layout, units: { h: 6 }, by: 60 },
});
const seen = [];
for (let step = 0; step < 120; step++) {
  const loss = optimizer.minimize(() => losses.meanSquaredError(wanted, run(variables)), true);
  seen.push((await loss.data())[0]);
  loss.dispose();
}
const trained = await fetchVariables(variables);
const { kept, exact } = findRemovable(trained, layout);
const smaller = prune(trained, layout, kept);
const outputs = (weights) => tidy(() => run(weightTensors(weights))).data();
const maxAbsDiff = maxAbsDifference(await outputs(trained), await outputs(smaller.weights));
console.log(
  JSON.stringify({
    backend,
    exact,
    units: smaller.layout.dims.h,
    first: seen[0],
    last: seen.at(-1),
    maxAbsDiff,
  }),
);
