import { issGroups, parseLayout, type Layout } from '@secateur/groups';
import { compact } from '@secateur/pruner/tfjs';
import { describeBackend, expectAllClose } from '@secateur/testing';
import {
  dispose,
  matMul,
  mean,
  squaredDifference,
  tensor2d,
  tidy,
  train,
  variable,
  type Optimizer,
  type Scalar,
  type Tensor2D,
  type Variable,
} from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { groupLasso, type GroupLassoOptimizer } from '../src/index.ts';
import { noise } from './helpers.ts';

type Weights = Readonly<Record<string, Variable>>;

/** A network with a hidden layer and its training, which can be taken step by step. */
interface Trained {
  readonly variables: Weights;
  readonly layout: Layout;
  readonly optimizer: GroupLassoOptimizer;
}

const STEPS = 12;
const layout = parseLayout('dims h = 4\nin/kernel 3 -> h\nout/kernel h -> 2');

/**
 * Starts a network, a component of which is dead and stays so; `prefix` comes before the names that TensorFlow.js has for its
 * variables.
 */
function start(seed: number, prefix: string, inner: Optimizer): Trained {
  const kernel = noise(12, seed).map((value, i) => (i % 4 === seed ? 0 : value));
  const out = noise(8, -seed).map((value, i) => (i >> 1 === seed ? 0 : value));
  const made = (weight: string, shape: [number, number], values: Float32Array): Variable =>
    tidy(() => variable(tensor2d(values, shape), true, prefix + weight));
  const variables = {
    'in/kernel': made('in/kernel', [3, 4], kernel),
    'out/kernel': made('out/kernel', [4, 2], out),
  };
  const optimizer = groupLasso(inner, issGroups(layout, { dims: ['h'] }), {
    ...{ lambda: 0.1, penalty: 'proximal', clipNorm: 1, variables },
  });
  return { variables, layout, optimizer };
}

/** One step of a custom loop; which variables are trained is left to TensorFlow.js. */
function step({ variables, optimizer }: Trained, seed: number, k: number): void {
  const loss = (): Scalar =>
    tidy(() => {
      const x = tensor2d(noise(15, 100 * seed + k), [5, 3]);
      const y = tensor2d(noise(10, 200 * seed + k), [5, 2]);
      const hidden = matMul(x, variables['in/kernel'] as unknown as Tensor2D);
      return mean(
        squaredDifference(matMul(hidden, variables['out/kernel'] as unknown as Tensor2D), y),
      );
    });
  optimizer.minimize(loss);
}

/** Takes the steps of several networks in turn, removing what has died half way, and reads the weights. */
async function results(
  networks: readonly [number, Trained][],
): Promise<Record<string, Float32Array>[]> {
  const now = networks.map(([, trained]) => trained);
  for (let k = 0; k < STEPS; k++) {
    networks.forEach(([seed], i) => {
      step(now[i]!, seed, k);
    });
    if (k !== STEPS / 2) continue;
    for (const [i, trained] of now.entries()) now[i] = await compact({ ...trained, dims: ['h'] });
  }
  const read: Record<string, Float32Array>[] = [];
  for (const { variables, optimizer } of now) {
    const values = Object.entries(variables).map(
      async ([name, value]) => [name, await value.data<'float32'>()] as const,
    );
    read.push(Object.fromEntries(await Promise.all(values)));
    dispose({ ...variables });
    optimizer.dispose();
  }
  return read;
}

describeBackend('two networks of the same weight names', () => {
  test.each([
    ['sgd', () => train.sgd(0.2)],
    ['adam', () => train.adam(0.05)],
  ] as const)('train in turn as each does alone, %s', async (_, inner) => {
    const alone: Record<string, Float32Array>[] = [];
    for (const seed of [1, 2]) {
      const [weights] = await results([[seed, start(seed, '', inner())]]);
      alone.push(weights!);
    }
    const inTurn = await results([
      [1, start(1, '', inner())],
      [2, start(2, 'second/', inner())],
    ]);
    for (const [i, weights] of alone.entries()) {
      for (const [name, values] of Object.entries(weights)) {
        expect(inTurn[i]![name], name).toHaveLength(values.length);
        expectAllClose(inTurn[i]![name]!, values);
      }
    }
    expect(alone[0]!['out/kernel']).toHaveLength(6);
  });

  test('cannot both have the name in TensorFlow.js, which says so', () => {
    const first = tidy(() => variable(tensor2d([[1]]), true, 'w'));
    expect(() => tidy(() => variable(tensor2d([[2]]), true, 'w'))).toThrow('already registered');
    first.dispose();
  });

  test('need a variable for each weight of the groups', () => {
    const made = tidy(() => variable(tensor2d([[1, 2, 3, 4]]), true, 'other'));
    const inner = train.sgd(1);
    const groups = issGroups(layout, { dims: ['h'] });
    const make = (): unknown =>
      groupLasso(inner, groups, { lambda: 1, variables: { 'in/kernel': made } });
    expect(make).toThrow(expect.objectContaining({ code: 'variables' }));
    expect(make).toThrow(
      'groupLasso: expected variables with one for "out/kernel", which a group holds, found "in/kernel" as the nearest name; pass those of the whole network.',
    );
    dispose([made, inner as never]);
  });
});
