import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { resetAfterGru } from '@secateur/cells/layers';

/** A small network round one layer of `tf.layers`. */
export interface Network {
  /** Shape of the input without the batch. */
  readonly input: readonly number[];
  /** How many different whole numbers the input has; left out for numbers of either sign. */
  readonly ids?: number;
  /** From input to output. */
  readonly build: (x: SymbolicTensor) => SymbolicTensor;
  /** Whether it reads values while it runs, for which there is no way on WebGPU in Node. */
  readonly reads?: boolean;
  /** Whether it draws numbers without a seed, so that two runs differ. */
  readonly random?: boolean;
  /** Why TensorFlow.js cannot train it, on any backend; it only predicts then. */
  readonly forwardOnly?: string;
  /** Whether the layer is applied to tensors: within a model TensorFlow.js calls it with what it does not take. */
  readonly direct?: boolean;
}

const glorot = 'glorotUniform';
const recurrent = { units: 3, recurrentInitializer: glorot } as const;
const image = [5, 6, 2];
const volume = [3, 4, 4, 2];

/** A network of one layer after a dense one, so that the gradient goes through it. */
function after(
  input: readonly number[],
  make: () => { apply(x: SymbolicTensor): unknown },
  more: Partial<Network> = {},
): Network {
  const width = input.at(-1)!;
  return {
    input,
    build: (x) =>
      make().apply(layers.dense({ units: width }).apply(x) as SymbolicTensor) as SymbolicTensor,
    ...more,
  };
}

/** A network of one layer on the input itself: whole numbers have no gradient. */
const on = (
  input: readonly number[],
  make: () => { apply(x: SymbolicTensor): unknown },
  more: Partial<Network> = {},
): Network => ({ input, build: (x) => make().apply(x) as SymbolicTensor, ...more });

/** A layer that joins two. */
const joined = (make: () => { apply(x: SymbolicTensor[]): unknown }): Network => ({
  input: [4, 3],
  build: (x) => {
    const two = [1, 2].map(() => layers.dense({ units: 3 }).apply(x) as SymbolicTensor);
    return make().apply(two) as SymbolicTensor;
  },
});

const channelsFirst = { dataFormat: 'channelsFirst' } as const;
const poolings = [
  { poolSize: 2 },
  { poolSize: 3, strides: 2, padding: 'same' },
  { poolSize: [2, 3], strides: [1, 2] },
] as const;
const pool1d = (make: (args: never) => { apply(x: SymbolicTensor): unknown }): Network[] =>
  [{ poolSize: 2 }, { poolSize: 3, strides: 2, padding: 'same' }].map((args) =>
    after([7, 3], () => make(args as never)),
  );
const pool2d = (make: (args: never) => { apply(x: SymbolicTensor): unknown }): Network[] =>
  [...poolings, { poolSize: 2, ...channelsFirst }].map((args) =>
    after(image, () => make(args as never)),
  );
const pool3d = (make: (args: never) => { apply(x: SymbolicTensor): unknown }): Network[] =>
  [{ poolSize: 2 }, { poolSize: 3, strides: 2, padding: 'same' }].map((args) =>
    after(volume, () => make(args as never)),
  );

const dilated = { kernelSize: 2, filters: 2, dilationRate: 2, activation: 'tanh' } as const;
const noDilation = { forwardOnly: 'dilated convolutions have no gradient' };
const convolutions = [
  { kernelSize: 3, filters: 2 },
  { kernelSize: 2, filters: 3, strides: 2, padding: 'same', activation: 'relu' },
  { kernelSize: 1, filters: 2, useBias: false, activation: 'sigmoid' },
] as const;

/** What of `layers` is no layer of its own: classes, other names of a layer, and the cells that recurrent layers run. */
type NoLayer =
  | ('Layer' | 'RNN' | 'RNNCell' | 'input')
  | ('avgPool1d' | 'avgPooling1d' | 'avgPool2d' | 'avgPooling2d' | 'avgPool3d' | 'avgPooling3d')
  | ('maxPool1d' | 'maxPool2d' | 'globalMaxPool1d' | 'globalMaxPool2d')
  | ('simpleRNNCell' | 'gruCell' | 'lstmCell' | 'convLstm2dCell');

type LayerName = Exclude<keyof typeof layers, NoLayer> | 'resetAfterGru';

/** Networks for every layer of `tf.layers`, and for the one that Secateur adds. A layer without any does not compile. */
export const networks: Readonly<Record<LayerName, readonly Network[]>> = {
  inputLayer: [on([3], () => layers.dense({ units: 2 }))],
  elu: [after([4, 3], () => layers.elu())],
  reLU: [after([4, 3], () => layers.reLU()), after([3], () => layers.reLU({ maxValue: 0.5 }))],
  leakyReLU: [after([4, 3], () => layers.leakyReLU({ alpha: 0.2 }))],
  prelu: [
    after([4, 3], () => layers.prelu()),
    after([4, 3], () => layers.prelu({ sharedAxes: [1] })),
  ],
  softmax: [after([4, 3], () => layers.softmax({ axis: 2 }))],
  thresholdedReLU: [
    after([4, 3], () => layers.thresholdedReLU({ theta: 0.3 }), {
      forwardOnly: 'Greater has no gradient',
    }),
  ],
  conv1d: [
    ...convolutions.map((args) => after([7, 3], () => layers.conv1d(args))),
    after([7, 3], () => layers.conv1d(dilated), noDilation),
  ],
  conv2d: [
    ...convolutions.map((args) => after(image, () => layers.conv2d(args))),
    after([2, 5, 6], () => layers.conv2d({ ...convolutions[0], ...channelsFirst })),
    after(image, () => layers.conv2d(dilated), noDilation),
  ],
  conv2dTranspose: [
    after(image, () => layers.conv2dTranspose({ filters: 3, kernelSize: 3 })),
    after(image, () =>
      layers.conv2dTranspose({ filters: 2, kernelSize: 2, strides: 2, padding: 'same' }),
    ),
  ],
  conv3d: [
    after(volume, () => layers.conv3d({ filters: 2, kernelSize: 2 })),
    after(volume, () => layers.conv3d({ filters: 3, kernelSize: 2, strides: 2, padding: 'same' })),
  ],
  conv3dTranspose: [
    after(volume, () => layers.conv3dTranspose({ filters: 2, kernelSize: 2, padding: 'same' }), {
      forwardOnly: 'Conv3DBackpropInputV2 has no gradient',
    }),
  ],
  separableConv2d: [
    after(image, () =>
      layers.separableConv2d({ filters: 3, kernelSize: 3, depthMultiplier: 2, padding: 'same' }),
    ),
  ],
  cropping2D: [
    after(image, () =>
      layers.cropping2D({
        cropping: [
          [1, 0],
          [2, 1],
        ],
      }),
    ),
  ],
  upSampling2d: [
    after(image, () => layers.upSampling2d({ size: [2, 3] })),
    after(image, () => layers.upSampling2d({ size: [2, 2], interpolation: 'bilinear' })),
    after(image, () => layers.upSampling2d({ size: [2, 2], ...channelsFirst })),
  ],
  depthwiseConv2d: [
    after(image, () => layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 })),
    after(image, () => layers.depthwiseConv2d({ kernelSize: 2, strides: 2, padding: 'same' })),
  ],
  activation: [
    'elu',
    'selu',
    'relu',
    'relu6',
    'linear',
    'sigmoid',
    'hardSigmoid',
    'softplus',
    'softsign',
    'tanh',
    'softmax',
    'logSoftmax',
    'gelu',
    'gelu_new',
    'mish',
    'swish',
  ].map((activation) =>
    after([4, 3], () => layers.activation({ activation: activation as 'elu' })),
  ),
  dense: [
    on([3], () => layers.dense({ units: 2 })),
    on([2, 4, 3], () => layers.dense({ units: 2, useBias: false })),
    ...(['elu', 'relu', 'relu6', 'sigmoid', 'softmax'] as const).map((activation) =>
      after([3], () => layers.dense({ units: 4, activation })),
    ),
  ],
  dropout: [
    after([4, 3], () => layers.dropout({ rate: 0.4, seed: 3 })),
    after([4, 3], () => layers.dropout({ rate: 0.4, seed: 3, noiseShape: [2, 1, 3] })),
  ],
  spatialDropout1d: [after([4, 3], () => layers.spatialDropout1d({ rate: 0.4, seed: 3 }))],
  flatten: [
    after([4, 3], () => layers.flatten()),
    after(image, () => layers.flatten(channelsFirst)),
  ],
  repeatVector: [after([3], () => layers.repeatVector({ n: 4 }))],
  reshape: [after([4, 3], () => layers.reshape({ targetShape: [2, -1] as number[] }))],
  permute: [
    after([4, 3], () => layers.permute({ dims: [2, 1] })),
    after(image, () => layers.permute({ dims: [3, 1, 2] })),
  ],
  embedding: [
    on([4], () => layers.embedding({ inputDim: 6, outputDim: 3 }), { ids: 6 }),
    {
      input: [4],
      ids: 6,
      build: (x) => {
        const rows = layers.embedding({ inputDim: 6, outputDim: 3, maskZero: true }).apply(x);
        return layers.lstm(recurrent).apply(rows) as SymbolicTensor;
      },
    },
  ],
  add: [joined(() => layers.add())],
  average: [joined(() => layers.average())],
  concatenate: [
    joined(() => layers.concatenate()),
    joined(() => layers.concatenate({ axis: 1 })),
    {
      input: [4],
      ids: 6,
      build: (x) => {
        const two = [1, 2].map(() =>
          layers.embedding({ inputDim: 6, outputDim: 3, maskZero: true }).apply(x),
        ) as SymbolicTensor[];
        const both = layers.concatenate().apply(two);
        return layers.simpleRNN(recurrent).apply(both) as SymbolicTensor;
      },
    },
  ],
  maximum: [joined(() => layers.maximum())],
  minimum: [joined(() => layers.minimum())],
  multiply: [joined(() => layers.multiply())],
  dot: [
    joined(() => layers.dot({ axes: 1 })),
    joined(() => layers.dot({ axes: 2, normalize: true })),
  ],
  batchNormalization: [
    after([3], () => layers.batchNormalization()),
    after([4, 3], () => layers.batchNormalization({ scale: true })),
    after(image, () => layers.batchNormalization()),
    after(image, () => layers.batchNormalization({ axis: 1 }), {
      forwardOnly: 'the gradient of FusedBatchNorm takes the last axis for the channels',
    }),
  ],
  layerNormalization: [
    after([4, 3], () => layers.layerNormalization()),
    after(image, () => layers.layerNormalization({ axis: [2, 3] })),
  ],
  zeroPadding2d: [
    after(image, () =>
      layers.zeroPadding2d({
        padding: [
          [1, 2],
          [0, 1],
        ],
      }),
    ),
  ],
  averagePooling1d: pool1d(layers.averagePooling1d),
  averagePooling2d: pool2d(layers.averagePooling2d),
  averagePooling3d: pool3d(layers.averagePooling3d),
  globalAveragePooling1d: [after([7, 3], () => layers.globalAveragePooling1d())],
  globalAveragePooling2d: [after(image, () => layers.globalAveragePooling2d({}))],
  globalMaxPooling1d: [after([7, 3], () => layers.globalMaxPooling1d())],
  globalMaxPooling2d: [after(image, () => layers.globalMaxPooling2d({}))],
  maxPooling1d: pool1d(layers.maxPooling1d),
  maxPooling2d: pool2d(layers.maxPooling2d),
  maxPooling3d: pool3d(layers.maxPooling3d),
  gru: [
    after([4, 3], () => layers.gru({ ...recurrent, returnSequences: true })),
    after([4, 3], () => layers.gru({ ...recurrent, goBackwards: true })),
  ],
  resetAfterGru: [
    after([4, 3], () => resetAfterGru(recurrent)),
    after([4, 3], () =>
      resetAfterGru({ ...recurrent, recurrentActivation: 'hardSigmoid', returnSequences: true }),
    ),
  ],
  lstm: [
    after([4, 3], () => layers.lstm(recurrent)),
    after([4, 3], () => layers.lstm({ ...recurrent, goBackwards: true, unroll: true })),
  ],
  simpleRNN: [after([4, 3], () => layers.simpleRNN({ ...recurrent, activation: 'relu' }))],
  convLstm2d: [
    after([3, 4, 4, 2], () =>
      layers.convLstm2d({
        filters: 2,
        kernelSize: 2,
        padding: 'same',
        recurrentInitializer: glorot,
      }),
    ),
  ],
  rnn: [
    after([4, 3], () =>
      layers.rnn({ cell: [layers.gruCell(recurrent), layers.simpleRNNCell(recurrent)] }),
    ),
  ],
  stackedRNNCells: [
    after([4, 3], () =>
      layers.rnn({
        cell: layers.stackedRNNCells({
          cells: [layers.lstmCell(recurrent), layers.lstmCell(recurrent)],
        }) as never,
      }),
    ),
  ],
  bidirectional: [
    after([4, 3], () =>
      layers.bidirectional({
        layer: layers.lstm({ ...recurrent, returnSequences: true }) as never,
        mergeMode: 'concat',
      }),
    ),
    after([4, 3], () =>
      layers.bidirectional({ layer: layers.gru(recurrent) as never, mergeMode: 'ave' }),
    ),
  ],
  timeDistributed: [
    after([4, 3], () => layers.timeDistributed({ layer: layers.dense({ units: 2 }) })),
  ],
  gaussianNoise: [after([4, 3], () => layers.gaussianNoise({ stddev: 0.1 }), { random: true })],
  gaussianDropout: [after([4, 3], () => layers.gaussianDropout({ rate: 0.3 }), { random: true })],
  alphaDropout: [after([4, 3], () => layers.alphaDropout({ rate: 0.3 }), { random: true })],
  masking: [
    {
      input: [4, 3],
      build: (x) => {
        const masked = layers.masking({ maskValue: 0 }).apply(x);
        return layers.lstm(recurrent).apply(masked) as SymbolicTensor;
      },
    },
  ],
  rescaling: [after([4, 3], () => layers.rescaling({ scale: 2, offset: 1 }))],
  centerCrop: [on(image, () => layers.centerCrop({ height: 3, width: 4 }), { direct: true })],
  resizing: (['bilinear', 'nearest'] as const).map((interpolation) =>
    on(image, () => layers.resizing({ height: 3, width: 9, interpolation }), { direct: true }),
  ),
  categoryEncoding: (['multiHot', 'oneHot', 'count'] as const).map((outputMode) =>
    on(
      outputMode === 'oneHot' ? [1] : [4],
      () => layers.categoryEncoding({ numTokens: 6, outputMode }),
      { ids: 6, direct: true, reads: true },
    ),
  ),
  randomWidth: [
    on(image, () => layers.randomWidth({ factor: 0.5 }), {
      direct: true,
      random: true,
    }),
  ],
};
