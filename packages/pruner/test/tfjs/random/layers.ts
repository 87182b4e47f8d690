import { constraints, layers, regularizers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Choices } from './choices.ts';

/** A layer of TensorFlow.js, whose classes it does not export. */
export interface AnyLayer {
  name: string;
  trainable: boolean;
  apply(x: SymbolicTensor | SymbolicTensor[]): unknown;
}

/** Gives layers names that are unique in a model, but the same in two models. */
export type Namer = (kind: string) => string;

const lively = ['glorotUniform', 'heNormal', 'randomUniform', 'leCunNormal'] as const;
const activations = ['tanh', 'relu', 'sigmoid', 'linear', 'elu', 'softsign'] as const;

/** Settings that any layer with a kernel may have. */
function kernelOptions(c: Choices): object {
  return {
    useBias: c.chance(0.8),
    kernelInitializer: c.one(lively),
    ...(c.chance(0.15) && { biasInitializer: 'ones' }),
    ...(c.chance(0.15) && { kernelConstraint: constraint(c) }),
    ...(c.chance(0.1) && { biasConstraint: 'nonNeg' }),
    ...(c.chance(0.15) && {
      kernelRegularizer: c.one([regularizers.l2({ l2: 0.02 }), regularizers.l1()]),
    }),
  };
}

function constraint(c: Choices): object {
  return c.one([
    () => constraints.nonNeg(),
    () => constraints.maxNorm({ maxValue: 0.5, axis: c.whole(0, 1) }),
    () => constraints.unitNorm({ axis: 0 }),
    () => constraints.minMaxNorm({ minValue: 0.1, maxValue: 0.7, axis: 0 }),
  ])();
}

function recurrentOptions(c: Choices, stateful: boolean): object {
  return {
    units: c.whole(1, 4),
    recurrentInitializer: c.one(lively),
    activation: c.one(['tanh', 'tanh', 'relu', 'softsign', 'softmax'] as const),
    ...kernelOptions(c),
    ...(c.chance(0.15) && { recurrentConstraint: constraint(c) }),
    ...(c.chance(0.2) && { dropout: 0.1 }),
    ...(c.chance(0.1) && { recurrentDropout: 0.1 }),
    ...(stateful && { stateful: true }),
  };
}

/** What else a layer that runs over time may be told. */
export interface RecurrentSettings {
  readonly returnSequences: boolean;
  readonly returnState?: boolean;
  readonly stateful: boolean;
  readonly batchInputShape?: readonly number[];
  /** TensorFlow.js cannot make a `Bidirectional` of an `RNN`. */
  readonly bidirectional?: boolean;
}

/** A recurrent layer of any kind, with a random cell or stack of cells unless it is for a `Bidirectional`. */
export function recurrentLayer(c: Choices, name: string, settings: RecurrentSettings): AnyLayer {
  const { stateful, bidirectional = false, ...more } = settings;
  const gates = { recurrentActivation: c.one(['sigmoid', 'hardSigmoid'] as const) };
  const options = () => ({ ...recurrentOptions(c, stateful), ...gates }) as never;
  const cell = () =>
    c.one([
      () => layers.lstmCell(options()),
      () => layers.gruCell(options()),
      () => layers.simpleRNNCell(recurrentOptions(c, stateful) as never),
    ])();
  const own = { name, goBackwards: c.chance(0.15), ...more };
  return c.one([
    () => layers.lstm({ ...(options() as object), ...own } as never),
    () => layers.lstm({ ...(options() as object), ...own } as never),
    () => layers.gru({ ...(options() as object), ...own } as never),
    () => layers.simpleRNN({ ...recurrentOptions(c, stateful), ...own } as never),
    ...(bidirectional
      ? []
      : [
          () => layers.rnn({ cell: cell(), ...own, stateful } as never),
          () => layers.rnn({ cell: [cell(), cell()], ...own, stateful } as never),
        ]),
  ])() as unknown as AnyLayer;
}

/** A layer on sequences that gives sequences. */
export function sequenceLayer(
  c: Choices,
  name: string,
  steps: number,
  stateful: boolean,
): AnyLayer {
  const kind = c.whole(0, 19);
  if (kind < 7) return recurrentLayer(c, name, { returnSequences: true, stateful });
  if (kind < 10) {
    const layer = recurrentLayer(c, `${name}_in`, {
      returnSequences: true,
      stateful,
      bidirectional: true,
    });
    const mergeMode = c.one(['concat', 'sum', 'mul', 'ave'] as const);
    return layers.bidirectional({ name, layer: layer as never, mergeMode }) as never;
  }
  return c.one([
    () => layers.dense({ name, ...denseOptions(c) }),
    () => layers.timeDistributed({ name, layer: layers.dense(denseOptions(c)) }),
    () => layers.timeDistributed({ name, layer: layers.dropout({ rate: 0.2 }) }),
    () =>
      layers.conv1d({
        ...{ name, filters: c.whole(1, 3), kernelSize: Math.min(steps, c.whole(1, 3)) },
        ...{ padding: c.one(['same', 'valid'] as const), ...kernelOptions(c) },
        kernelConstraint: undefined as never,
      }),
    () => layers.maxPooling1d({ name, poolSize: Math.min(steps, 2), strides: 1 }),
    () => layers.averagePooling1d({ name, poolSize: Math.min(steps, 2) }),
    () => featureLayer(c, name),
    () => featureLayer(c, name),
    () => layers.prelu({ name, ...(c.chance(0.6) && { sharedAxes: [1] }) }),
    () =>
      layers.permute({
        name,
        dims: c.one([
          [1, 2],
          [2, 1],
        ]),
      }),
    () => layers.masking({ name, maskValue: 7 }),
    () => layers.reshape({ name, targetShape: [steps, -1] as never }),
  ])() as unknown as AnyLayer;
}

/** A layer on vectors that gives vectors. */
export function vectorLayer(c: Choices, name: string): AnyLayer {
  return c.one([
    () => layers.dense({ name, ...denseOptions(c) }),
    () => layers.dense({ name, ...denseOptions(c) }),
    () => featureLayer(c, name),
    () => layers.prelu({ name }),
  ])() as unknown as AnyLayer;
}

/** A layer that acts on each feature alone, or mixes them. */
function featureLayer(c: Choices, name: string): unknown {
  return c.one([
    () => layers.dropout({ name, rate: 0.2 }),
    () => layers.batchNormalization({ name, scale: c.chance(0.7), center: c.chance(0.7) }),
    () => layers.batchNormalization({ name }),
    () => layers.layerNormalization({ name }),
    () => layers.activation({ name, activation: c.one([...activations, 'softmax'] as const) }),
    () => layers.leakyReLU({ name }),
    () => layers.elu({ name }),
    () => layers.softmax({ name, axis: -1 }),
    () => layers.gaussianNoise({ name, stddev: 0.1 }),
  ])();
}

function denseOptions(c: Choices): { units: number; activation: 'tanh' } {
  return {
    units: c.whole(1, 4),
    ...kernelOptions(c),
    activation: c.one([...activations, 'softmax'] as const) as 'tanh',
  };
}
