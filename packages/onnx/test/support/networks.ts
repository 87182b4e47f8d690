import { tensor, tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import {
  bidirectionalLayer,
  denseLayer,
  dropoutLayer,
  embeddingLayer,
  gruLayer,
  lstmLayer,
  rhnLayer,
  sequence,
  weightTensors,
  type Network,
} from '@secateur/cells';
import type { Weights } from '@secateur/groups';
import { floats, ids, type Feeds, type Values } from './run-onnx.ts';

/** Rows and steps of the inputs. */
export const [BATCH, TIME] = [3, 5];
/** Steps of each row without padding. */
export const LENGTHS: Int32Array = Int32Array.of(5, 2, 4);

const languageModel = sequence(
  embeddingLayer('embedding', { vocab: 'vocab', width: 'embed' }),
  dropoutLayer(0.5),
  lstmLayer('lstm1', { input: 'embed', units: 'h1', forgetBias: 1 }),
  lstmLayer('lstm2', { input: 'h1', units: 'embed', gates: 'iofg' }),
  denseLayer('softmax', { input: 'embed', output: 'vocab', tiedTo: 'embedding' }),
);
const highway = sequence(
  embeddingLayer('embedding', { vocab: 'vocab', width: 'width' }),
  rhnLayer('rhn', { input: 'width', units: 'width', depth: 3, transformBias: -2 }),
  denseLayer('softmax', { input: 'width', output: 'vocab', tiedTo: 'embedding' }),
);
const gatedUnits = sequence(
  gruLayer('gru1', { input: 'features', units: 'h1' }),
  gruLayer('gru2', { input: 'h1', units: 'h2', resetAfter: false, gates: 'rzn' }),
  denseLayer('out', { input: 'h2', output: 'classes', bias: false }),
);
const both = (name: string, input: string) =>
  bidirectionalLayer(
    lstmLayer(`${name}/fw`, { input, units: `${name}/fw`, forgetBias: 1 }),
    gruLayer(`${name}/bw`, { input, units: `${name}/bw` }),
  );
const bothWays = sequence(
  both('first', 'features'),
  both('second', 'first/fw + first/bw'),
  denseLayer('out', { input: 'second/fw + second/bw', output: 'classes' }),
);
const bothDims = { 'first/fw': 4, 'first/bw': 3, 'second/fw': 2, 'second/bw': 5 };

/** A network with sizes and an input. */
export interface Case {
  readonly name: string;
  readonly net: Network;
  readonly dims: Readonly<Record<string, number>>;
  readonly x: Values;
}

const words = ids([BATCH, TIME], 11);
const features = floats([BATCH, TIME, 6], 3);
/** The networks that are written and read. */
export const cases: readonly Case[] = [
  { name: 'LSTMs, tied', net: languageModel, dims: { vocab: 11, embed: 6, h1: 7 }, x: words },
  { name: 'a Recurrent Highway Network', net: highway, dims: { vocab: 11, width: 6 }, x: words },
  {
    ...{ name: 'GRUs with both resets', net: gatedUnits, x: features },
    dims: { features: 6, h1: 7, h2: 5, classes: 3 },
  },
  {
    ...{ name: 'cells both ways', net: bothWays, x: features },
    dims: { features: 6, classes: 3, ...bothDims },
  },
];

/** States that are not zeros, by our names. */
export function statesOf(net: Network, weights: Weights): Record<string, Values> {
  return Object.fromEntries(
    net.layers.flatMap((layer) =>
      Object.keys(layer.states).map((name, k) => {
        const units = weights[`${layer.name}/recurrent`]!.shape[0]!;
        return [name, floats([BATCH, units], 20 + k + layer.name.length, 0.5)];
      }),
    ),
  );
}

/** What our own forward pass gives, with the names of the file. */
export function ours(
  net: Network,
  weights: Weights,
  x: Values,
  states: Record<string, Values>,
  lengths?: Int32Array,
): Feeds {
  const found = tidy(() => {
    const tensorOf = ({ data, dims }: Values) =>
      tensor(data, [...dims], data instanceof Float32Array ? 'float32' : 'int32');
    const state = Object.fromEntries(
      Object.entries(states).map(([name, values]) => [name, tensorOf(values) as Tensor2D]),
    );
    const applied = net.apply(weightTensors(weights), tensorOf(x), {
      state,
      ...(lengths && { lengths }),
    });
    const values = { y: applied.outputs, ...applied.state };
    return Object.entries(values).map(([name, { shape }]) => {
      const data = values[name as keyof typeof values].dataSync() as Float32Array;
      return [name === 'y' ? 'y' : `${name}n`, { dims: shape, data: data.slice() }] as const;
    });
  });
  return Object.fromEntries(found);
}

/** The inputs of the file. */
export function feedsOf(x: Values, states: Record<string, Values>, lengths?: Int32Array): Feeds {
  const before = Object.entries(states).map(([name, { dims, data }]) => [
    `${name}0`,
    { dims: [1, ...dims], data },
  ]);
  return {
    [x.data instanceof Float32Array ? 'x' : 'ids']: x,
    ...(Object.fromEntries(before) as Feeds),
    ...(lengths && { lengths: { dims: [BATCH], data: lengths } }),
  };
}
