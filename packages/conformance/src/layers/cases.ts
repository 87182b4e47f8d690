import { layers } from '@tensorflow/tfjs-layers';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { tidy } from '@tensorflow/tfjs-core';
import { networks, type Network } from './networks.ts';
import { functions, losses, optimizersByName } from './settings.ts';
import { train } from './train.ts';

/** Something that `tf.layers` does, with numbers as its result. */
export interface Case {
  readonly name: string;
  /** Whether two runs differ. */
  readonly random: boolean;
  /** Whether it reads values while it runs. */
  readonly reads?: boolean;
  readonly run: () => Promise<number[]>;
}

const ending = (activation: 'softmax' | 'sigmoid' | 'linear'): Network => ({
  input: [3],
  build: (x) => {
    const inner = layers.dense({ units: 4 }).apply(x) as SymbolicTensor;
    return layers.dense({ units: 4, activation }).apply(inner) as SymbolicTensor;
  },
});

/** All that `tf.layers` has: every layer, loss, optimizer, metric, constraint, initializer and regularizer. */
export const cases: readonly Case[] = [
  ...Object.entries(networks).flatMap(([name, list]) =>
    list.map((network, at) => ({
      name: list.length > 1 ? `${name} ${at + 1}` : name,
      random: network.random ?? false,
      reads: network.reads ?? false,
      run: () => train(network),
    })),
  ),
  ...Object.keys(losses).map((loss) => ({
    name: `loss ${loss}`,
    random: false,
    run: () => train(ending(/ategoricalC/.test(loss) ? 'softmax' : 'sigmoid'), { loss }),
  })),
  ...Object.entries(optimizersByName).map(([name, optimizer]) => ({
    name: `optimizer ${name}`,
    random: false,
    run: () => train(ending('linear'), { optimizer }),
  })),
  ...Object.entries(functions).map(([name, make]) => ({
    name,
    random: false,
    run: async () => {
      const out = tidy(make);
      const values = [...(await out.data())];
      out.dispose();
      return values;
    },
  })),
];
