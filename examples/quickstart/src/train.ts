// Trains the network down to a budget, cuts it, and measures both.
import { pathToFileURL } from 'node:url';
import {
  dispose,
  mean,
  tidy,
  train as optimizers,
  type Scalar,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { useBackend } from '@secateur/backend';
import '@secateur/backend-wasm';
import { softmaxCrossEntropy, weightVariables } from '@secateur/cells';
import { issGroups } from '@secateur/groups';
import { groupLasso } from '@secateur/lasso';
import { formatReport, report } from '@secateur/pruner';
import { writeModelDirectory } from '@secateur/pruner/node';
import { compact, fetchVariables, verify } from '@secateur/pruner/tfjs';
import { characters, testWindow, trainingWindow, type Shape, type Window } from './data.ts';
import { firstWeights, layoutOf, logitsOf } from './model.ts';

/** How to train. */
export interface Settings {
  readonly units: number;
  readonly steps: number;
  /** What a step reads. */
  readonly shape: Shape;
  /** What may be left of the multiply-adds in the end, such as 0.3; 1 for all of them. */
  readonly budget: number;
  /** Where to write the smaller network; null for nowhere. */
  readonly folder: string | null;
}

/** What came of it. */
export interface Result {
  /** Sizes and costs before and after, as a table. */
  readonly table: string;
  /** Units that are left. */
  readonly units: number;
  /** Perplexity a character on the test text, of the network before and after it was cut. */
  readonly perplexity: readonly [before: number, after: number];
  /** The largest difference between their logits. */
  readonly difference: number;
}

/** Trains, prunes and measures; the backend must have been started. */
export async function run(
  { units, steps, shape, budget, folder }: Settings,
  say: (line: string) => void,
): Promise<Result> {
  const layout = layoutOf(characters.length, units);
  const variables = weightVariables(firstWeights(characters.length, units, 1));

  // The only line about slimming: all units compete for the budget until half of the steps are done.
  const options =
    budget < 1 ? { budget: { layout, macs: budget, by: Math.ceil(steps / 2) } } : { lambda: 0 };
  const optimizer = groupLasso(optimizers.adam(0.005), issGroups(layout), options);
  for (let step = 0; step < steps; step++) {
    const window = trainingWindow(step, shape);
    const loss = optimizer.minimize(() => lossOf(variables, window), true)!;
    if ((step + 1) % 100 === 0) {
      const { alive } = await optimizer.metrics();
      say(`step ${step + 1}: loss ${(await loss.data())[0]!.toFixed(3)}, ${alive['h1']} units`);
    }
    dispose([window.inputs, window.targets, loss]);
  }

  const { inputs, targets } = testWindow(0, shape);
  const logits = tidy(() => logitsOf(variables, inputs));
  const before = await perplexity(variables, shape);

  // Dead units leave. What is left is an ordinary network that computes the same, and could be trained on.
  const small = await compact({ variables, layout, optimizer });
  const { maxAbsDifference } = await verify(
    () => logits,
    () => tidy(() => logitsOf(small.variables, inputs)),
  );
  const result: Result = {
    table: formatReport(report(layout, small.layout)),
    units: small.kept['h1']!.length,
    perplexity: [before, await perplexity(small.variables, shape)],
    difference: maxAbsDifference,
  };
  if (folder !== null) {
    const architecture = { gates: 'ifgo', forgetBias: 0 };
    const weights = await fetchVariables(small.variables);
    const vocabulary = [...characters];
    await writeModelDirectory(folder, { weights, layout: small.layout, architecture, vocabulary });
  }
  optimizer.dispose();
  dispose([inputs, targets, ...Object.values(small.variables)]);
  return result;
}

const lossOf = (weights: Readonly<Record<string, Tensor>>, { inputs, targets }: Window): Scalar =>
  mean(softmaxCrossEntropy(logitsOf(weights, inputs), targets));

/** Perplexity a character over ten windows of the test text. */
async function perplexity(
  weights: Readonly<Record<string, Tensor>>,
  shape: Shape,
): Promise<number> {
  let total = 0;
  for (let step = 0; step < 10; step++) {
    const window = testWindow(step, shape);
    const loss = tidy(() => lossOf(weights, window));
    total += (await loss.data())[0]!;
    dispose([window.inputs, window.targets, loss]);
  }
  return Math.exp(total / 10);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const budget = Number(process.argv[2] ?? 0.3);
  if (!(budget > 0 && budget <= 1)) {
    throw new Error(`quickstart: expected a budget above 0 and up to 1, found ${process.argv[2]}.`);
  }
  await useBackend('wasm');
  const folder = 'runs/quickstart';
  const result = await run(
    { units: 128, steps: 1000, shape: { rows: 32, steps: 32 }, budget, folder },
    console.log,
  );
  const [before, after] = result.perplexity.map((value) => value.toFixed(3));
  console.log(`\n${result.table}\n`);
  console.log(`perplexity a character: ${before} before, ${after} after`);
  console.log(`largest difference of a logit: ${result.difference}\nwritten to ${folder}`);
}
