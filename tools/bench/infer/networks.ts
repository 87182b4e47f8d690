import { uniform } from '@secateur/cells';
import { passes, passName, type Pass } from '../passes.ts';

/** Two stacked LSTMs, as the paper times them: 1500 inputs, since the embedding keeps its width. */
export interface Network {
  /** What it is one of, where there are several kinds. */
  readonly kind?: string;
  readonly input: number;
  readonly hidden: readonly [number, number];
}

/** The words that the softmax chooses from. */
export const VOCAB = 10000;
/** Steps of a sequence (Wen et al. 2018, Table 1). */
export const STEPS = 30;

/** The dense network and the two pruned ones of the paper's Table 1. */
export const networks: readonly Network[] = [
  { input: 1500, hidden: [1500, 1500] },
  { input: 1500, hidden: [381, 535] },
  { input: 1500, hidden: [373, 315] },
];

/** What a network is called among the cases. */
export const networkName = ({ kind, hidden }: Pick<Network, 'kind' | 'hidden'>): string =>
  `${kind === undefined ? '' : `${kind} `}(${hidden.join(', ')})`;

/** One thing to time. */
export interface InferCase extends Pass {
  readonly network: Network;
}

/** Every pass of some networks. */
export const casesOf = (chosen: readonly Network[], paperOnly?: boolean): InferCase[] =>
  chosen.flatMap((network) => passes(paperOnly).map((pass) => ({ network, ...pass })));

/** The name of a case. */
export const caseName = (one: InferCase): string => passName(networkName(one.network), one);

/** Weights of one LSTM: gates in the order `ifgo`, rows read and columns write. */
export interface LayerWeights {
  readonly input: number;
  readonly units: number;
  /** `[input, 4 * units]` */
  readonly kernel: Float32Array;
  /** `[units, 4 * units]` */
  readonly recurrent: Float32Array;
  /** `[4 * units]` */
  readonly bias: Float32Array;
}

/** The weights of a network, the same in every process. */
export interface NetworkWeights {
  readonly layers: readonly LayerWeights[];
  /** `[units of the last layer, VOCAB]` */
  readonly softmax: Float32Array;
}

const draw = (shape: number[], seed: number, size: number): Float32Array =>
  uniform(shape, { min: -size, max: size, seed }).data;

/** Draws a network's weights in ±0.04, as the paper starts, the biases too, so that a wrong one shows. */
export function weightsOf({ input, hidden }: Network): NetworkWeights {
  const layers = hidden.map((units, layer): LayerWeights => {
    const reads = layer === 0 ? input : hidden[layer - 1]!;
    return {
      input: reads,
      units,
      kernel: draw([reads, 4 * units], 10 * layer + 1, 0.04),
      recurrent: draw([units, 4 * units], 10 * layer + 2, 0.04),
      bias: draw([4 * units], 10 * layer + 3, 0.04),
    };
  });
  return { layers, softmax: draw([hidden.at(-1)!, VOCAB], 99, 0.04) };
}

/** The inputs of a case, `[batch, STEPS, input]`. */
export const inputsOf = ({ network, batch }: InferCase): Float32Array =>
  draw([batch, STEPS, network.input], 7, 1);
