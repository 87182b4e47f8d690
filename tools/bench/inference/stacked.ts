import {
  denseLayer,
  gruLayer,
  lstmLayer,
  rhnLayer,
  sequence,
  uniform,
  uniformWeights,
  type Network,
} from '@secateur/cells';
import { countMacs, type Weights } from '@secateur/groups';

/** A language model from its embedded words on, as plain data. */
export interface StackedNetwork {
  /** What it is called among the cases. */
  readonly name: string;
  readonly cell: 'lstm' | 'gru' | 'rhn';
  readonly input: number;
  /** Units of each layer; a Recurrent Highway Network has as many as inputs. */
  readonly hidden: readonly number[];
}

/** The words that the logits are of. */
export const VOCAB = 10000;
/** Steps of a sequence (Wen et al. 2018, Table 1). */
export const STEPS = 30;
/** Layers that the state of a Recurrent Highway Network passes through at each step (Wen et al. 2018, section 4.1). */
export const DEPTH = 10;
/** Added to the transform gates, as the original starts. */
const TRANSFORM_BIAS = -2;

/** Stacked LSTMs; `kind` is what they are one of, where there are several kinds. */
export const lstms = (input: number, hidden: readonly number[], kind?: string): StackedNetwork => ({
  name: `${kind === undefined ? '' : `${kind} `}(${hidden.join(', ')})`,
  cell: 'lstm',
  input,
  hidden,
});

/** The dense network and the two pruned ones of the paper's Table 1: 1500 inputs, since the embedding keeps its width. */
export const tableOne: readonly StackedNetwork[] = [
  lstms(1500, [1500, 1500]),
  lstms(1500, [381, 535]),
  lstms(1500, [373, 315]),
];

/** Stacked GRUs of the same sizes; the paper has none. */
export const gruTable: readonly StackedNetwork[] = tableOne.map((network) => ({
  ...network,
  cell: 'gru',
}));

/** The dense width of the paper's Table 2, and the four that ISS left of it; 517 is the one without loss of perplexity. */
export const tableTwo: readonly StackedNetwork[] = [830, 726, 517, 403, 328].map((width) => ({
  ...{ name: String(width), cell: 'rhn', input: width, hidden: [width] },
}));

/** How a network is run forward: so many sequences at once, with the logits or without. */
export interface Pass {
  readonly batch: number;
  /** With the product that gives the logits of all words. */
  readonly softmax: boolean;
}

/** The pass that the paper times. */
export const PAPER_PASS: Pass = { batch: 10, softmax: true };

/** Every pass: the paper's batch of 10 without and with the softmax, and a single sequence. */
export const passes: readonly Pass[] = [
  { batch: 10, softmax: false },
  PAPER_PASS,
  { batch: 1, softmax: false },
];

/** The name of a network's pass among the cases. */
export const passName = (network: string, { batch, softmax }: Pass): string =>
  `${network} batch ${batch}${softmax ? ' with softmax' : ''}`;

/** The layers of a network, with the logits or without, and its sizes. */
export function layersOf(
  { cell, input, hidden }: StackedNetwork,
  softmax: boolean,
): { readonly net: Network; readonly dims: Readonly<Record<string, number>> } {
  const rhn = cell === 'rhn';
  const layers = rhn
    ? [rhnLayer('rhn', { input: 'x', units: 'x', depth: DEPTH, transformBias: TRANSFORM_BIAS })]
    : hidden.map((_, k) =>
        (cell === 'gru' ? gruLayer : lstmLayer)(`${cell}${k + 1}`, {
          input: k === 0 ? 'x' : `h${k}`,
          units: `h${k + 1}`,
        }),
      );
  const logits = denseLayer('softmax', {
    input: rhn ? 'x' : `h${hidden.length}`,
    output: 'vocab',
    bias: false,
    ...(rhn && { tiedTo: 'embedding' }),
  });
  const units = rhn ? [] : hidden.map((size, k) => [`h${k + 1}`, size] as const);
  return {
    net: softmax ? sequence(...layers, logits) : sequence(...layers),
    dims: { x: input, ...Object.fromEntries(units), ...(softmax && { vocab: VOCAB }) },
  };
}

/** Multiply-adds a word of a network, its softmax included. */
export function macsOf(network: StackedNetwork): number {
  const { net, dims } = layersOf(network, true);
  return countMacs(net.layout(dims));
}

/** Weights in ±0.04, as the paper starts, the biases too, so that a wrong one shows; the same in every process. */
export function weightsOf(network: StackedNetwork, softmax: boolean): Weights {
  const { net, dims } = layersOf(network, softmax);
  return net.init(dims, uniformWeights({ min: -0.04, max: 0.04, seed: 1 }));
}

/** The inputs of a pass, `[batch, STEPS, input]`, the same in every process. */
export const inputsOf = ({ input }: StackedNetwork, batch: number): Float32Array =>
  uniform([batch, STEPS, input], { min: -1, max: 1, seed: 7 }).data;
