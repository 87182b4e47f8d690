// Runs in an empty project with the packed packages: a recurrent cell that no package knows is trained to a budget and pruned, on
// the backend that the command names. The last line is JSON for the test that started it.
import { losses, matMul, reshape, tensor, tidy, train, variable } from '@tensorflow/tfjs-core';
import { recurrentSequence, useBackend } from '@secateur/backend';
import '@secateur/backend-wasm';
import { glorotWeights } from '@secateur/cells';
import {
  denseLayout,
  issGroups,
  layoutShapes,
  mergeLayouts,
  recurrentLayout,
} from '@secateur/groups';
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
const layout = mergeLayouts(
  recurrentLayout(cell, { name: 'cell', input: 'x', units: 'h', dims }),
  denseLayout({ name: 'out', input: 'h', output: 'y', bias: false, dims }),
);
const init = glorotWeights({ seed: 1 });
const variables = Object.fromEntries(
  Object.entries(layoutShapes(layout)).map(([name, shape]) => {
    const { data } = init(name, shape);
    return [name, variable(tensor(data, shape), true, name)];
  }),
);
const own = Object.keys(variables).filter((name) => name.startsWith('cell/'));
const run = (weights) => {
  const named = own.map((name) => [name.slice('cell/'.length), weights[name]]);
  const { y } = recurrentSequence(cell, { x, weights: Object.fromEntries(named) });
  return matMul(reshape(y, [-1, y.shape[2]]), weights['out/kernel']);
};

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
  [rows * steps, 1],
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
const outputs = (weights) =>
  tidy(() =>
    run(
      Object.fromEntries(
        Object.entries(weights).map(([name, { shape, data }]) => [name, tensor(data, shape)]),
      ),
    ),
  ).data();
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
