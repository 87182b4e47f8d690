import {
  div,
  dispose,
  keep,
  scalar,
  sum,
  tensor2d,
  tidy,
  type Scalar,
  type Variable,
} from '@tensorflow/tfjs-core';
import {
  denseLayer,
  distillation,
  dropoutLayer,
  embeddingLayer,
  lstmLayer,
  sequence,
  softmaxCrossEntropy,
  uniformWeights,
  weightVariables,
  type NamedStates,
  type Network,
} from '@secateur/cells';
import type { Layout } from '@secateur/groups';
import type { GroupLassoOptimizer } from '@secateur/lasso';

/** A stacked LSTM language model and the shape of its training steps. */
export interface LanguageModel {
  readonly vocab: number;
  readonly embed: number;
  readonly hidden: readonly number[];
  readonly batch: number;
  readonly steps: number;
  /** Rate of dropout. */
  readonly dropout: number;
  /** Largest global norm of the gradients. */
  readonly clip: number;
  /** Weights start uniform in ±init. */
  readonly init: number;
}

const zaremba = { vocab: 10000, batch: 20 };

/** The three models of Zaremba et al. 2014, as the TensorFlow tutorial runs them on Penn Treebank. */
export const languageModels = {
  small: { ...zaremba, embed: 200, hidden: [200, 200], steps: 20, dropout: 0, clip: 5, init: 0.1 },
  medium: {
    ...zaremba,
    embed: 650,
    hidden: [650, 650],
    steps: 35,
    dropout: 0.5,
    clip: 5,
    init: 0.05,
  },
  large: {
    ...zaremba,
    ...{ embed: 1500, hidden: [1500, 1500], steps: 35, dropout: 0.65, clip: 10, init: 0.04 },
  },
} satisfies Record<string, LanguageModel>;

/** A model in training. */
export interface Training {
  readonly net: Network;
  readonly layout: Layout;
  readonly variables: Readonly<Record<string, Variable>>;
  readonly state: NamedStates;
}

/** The words of one step and those that follow them, row by row. */
export interface Window {
  readonly inputs: Int32Array;
  readonly targets: Int32Array;
}

/** The layers of a model. */
function networkOf({ hidden, dropout }: LanguageModel): Network {
  const drop = dropout === 0 ? [] : [dropoutLayer(dropout)];
  const lstms = hidden.flatMap((_, k) => {
    const input = k === 0 ? 'embed' : `h${k}`;
    return [lstmLayer(`lstm${k + 1}`, { input, units: `h${k + 1}` }), ...drop];
  });
  return sequence(
    embeddingLayer('embedding', { vocab: 'vocab', width: 'embed' }),
    ...drop,
    ...lstms,
    denseLayer('softmax', { input: `h${hidden.length}`, output: 'vocab' }),
  );
}

/** Draws a model's weights and starts from a state of zeros. TensorFlow.js lets a variable's name be used once, hence `prefix`. */
export function createTraining(model: LanguageModel, seed: number, prefix = ''): Training {
  const { vocab, embed, hidden, init } = model;
  const net = networkOf(model);
  const units = hidden.map((size, k) => [`h${k + 1}`, size] as const);
  const dims = { vocab, embed, ...Object.fromEntries(units) };
  const weights = net.init(dims, uniformWeights({ min: -init, max: init, seed }));
  const variables = weightVariables(weights, { prefix });
  return {
    ...{ net, variables, layout: net.layout(dims) },
    state: net.zeroState(variables, model.batch),
  };
}

/**
 * One step of truncated back-propagation: forward, backward, clip, update. The loss is summed over time and averaged
 * over the batch; with a teacher, whose state is of zeros, half of it comes from that. Disposes the state that it is given and
 * returns the one after it.
 */
export async function trainStep(
  { batch, steps }: Pick<LanguageModel, 'batch' | 'steps'>,
  { net, variables, state }: Pick<Training, 'net' | 'variables' | 'state'>,
  optimizer: GroupLassoOptimizer,
  window: Window,
  { seed, teacher }: { readonly seed: number; readonly teacher?: Training },
): Promise<{ readonly loss: number; readonly state: NamedStates }> {
  const inputs = tensor2d(window.inputs, [batch, steps], 'int32');
  const targets = tensor2d(window.targets, [batch, steps], 'int32');
  const taught =
    teacher &&
    tidy(() => teacher.net.apply(teacher.variables, inputs, { state: teacher.state }).outputs);
  let after: NamedStates = {};
  const cost = optimizer.minimize(
    () => {
      const result = net.apply(variables, inputs, { state, training: { seed: 10 * seed } });
      const kept = Object.entries(result.state).map(([name, each]) => [name, keep(each)] as const);
      after = Object.fromEntries(kept);
      const losses =
        taught === undefined
          ? softmaxCrossEntropy(result.outputs, targets)
          : distillation(result.outputs, taught, targets, { share: 0.5 });
      return div(sum(losses), scalar(batch)) as Scalar;
    },
    true,
    Object.values(variables),
  )!;
  const loss = (await cost.data())[0]!;
  dispose([inputs, targets, cost, ...Object.values(state)]);
  taught?.dispose();
  return { loss, state: after };
}

/** Random words, the same for the same seed, and as targets the words that `follow` them: any unless told otherwise. */
export function randomWindow(
  { vocab, batch, steps }: LanguageModel,
  seed: number,
  follow: (word: number, draw: (below: number) => number) => number = (_, draw) => draw(vocab),
): Window {
  let state = seed * 2654435761 + 1;
  const draw = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const inputs = new Int32Array(batch * steps);
  const targets = new Int32Array(batch * steps);
  for (let row = 0; row < batch; row++) {
    let word = draw(vocab);
    for (let step = 0; step < steps; step++) {
      inputs[row * steps + step] = word;
      word = follow(word, draw);
      targets[row * steps + step] = word;
    }
  }
  return { inputs, targets };
}
