import {
  dispose,
  randomUniform,
  train,
  variable,
  type NamedTensorMap,
  type Optimizer,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { useBackend } from '@whittle/backend';
import '@whittle/backend-wasm';
import { issGroups, layoutShapes, stackedLstmLayout } from '@whittle/groups';
import { groupLasso, type GroupLassoOptions } from '@whittle/lasso';
import { medians, printTable } from './timing.ts';

const layout = stackedLstmLayout({ vocab: 10_000, embed: 650, hidden: [650, 650] });

const settings: readonly (readonly [string, GroupLassoOptions])[] = [
  ['lambda 0', { lambda: 0 }],
  ['lambda 0, clip', { lambda: 0, clipNorm: 5 }],
  ['penalty, clip, threshold', { lambda: 1e-3, clipNorm: 5, threshold: 1e-4 }],
  ['proximal, clip', { lambda: 1e-3, clipNorm: 5, penalty: 'proximal' }],
];

/** Times the optimizer's part of a training step of a 2 x 650 LSTM language model, the gradients given. */
export async function optimizerStep(rounds: number): Promise<void> {
  await useBackend('wasm');
  const gradients: NamedTensorMap = {};
  const weights: Tensor[] = [];
  for (const [name, shape] of Object.entries(layoutShapes(layout))) {
    const initial = randomUniform([...shape], -0.05, 0.05);
    weights.push(variable(initial, true, name));
    initial.dispose();
    gradients[name] = randomUniform([...shape], -0.01, 0.01);
  }

  const rows: string[][] = [['ms', 'TensorFlow.js alone', ...settings.map(([name]) => name)]];
  for (const [name, make] of [
    ['sgd', () => train.sgd(1e-3)],
    ['adam', () => train.adam(1e-5)],
  ] as const) {
    const wrapped = settings.map(([, options]) => groupLasso(make(), issGroups(layout), options));
    const optimizers: Optimizer[] = [make(), ...wrapped];
    const times = medians(
      optimizers.map((optimizer) => ({
        name,
        run: () => {
          optimizer.applyGradients(gradients);
        },
      })),
      rounds,
    );
    rows.push([name, ...times.map((time) => time.toFixed(1))]);
    for (const optimizer of optimizers) optimizer.dispose();
  }
  dispose([...weights, ...Object.values(gradients)]);
  printTable(rows);
}
