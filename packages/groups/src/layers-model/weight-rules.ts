import type { LayerLike } from './model-like.ts';
import {
  called,
  configOf,
  isMixing,
  once,
  sizesOf,
  weightOf,
  type Call,
  type DraftAxis,
  type DraftWeight,
  type Records,
} from './layer-facts.ts';
import { fix, fixedFeatures, newDim, unify, type FeatureAxis } from './symbolic-dims.ts';

/** An embedding: rows are fetched by index, and whoever gave the indices may not lose any. */
export function applyEmbedding(
  layer: LayerLike,
  call: Call,
  records: Records,
): FeatureAxis[] | undefined {
  let record = records.layers.get(layer);
  if (record === undefined) {
    const table = weightOf(layer, 'embeddings');
    if (table === undefined) return undefined;
    const [rows, width] = sizesOf(table);
    const vocab = fixedFeatures(rows!, `the vocabulary of ${called(layer)}`);
    const output = [newDim(layer.name, width!)];
    const weights = [
      { variable: table, reads: [once(vocab)], writes: [once(output)], lookup: true },
    ];
    record = { weights, input: vocab, output };
    records.layers.set(layer, record);
  }
  for (const input of call.inputs) fix(input, `${called(layer)} looks it up as indices`);
  return [record.output];
}

/** A dense layer, whose weights may belong to a wrapper (`owner`); undefined when it is not as expected. */
export function applyDense(
  owner: LayerLike,
  layer: LayerLike,
  input: FeatureAxis,
  records: Records,
): FeatureAxis[] | undefined {
  return product(owner, layer, input, records, (read) => [once(read)]);
}

/** A convolution over time: every position of the kernel reads the features by index. */
export function applyConv1d(
  layer: LayerLike,
  { inputs: [input = []] }: Call,
  records: Records,
): FeatureAxis[] | undefined {
  if (configOf(layer)['dataFormat'] === 'channelsFirst') return undefined;
  return product(layer, layer, input, records, (read, kernel) => [
    once(fixedFeatures(kernel[0]!, `the kernel size of ${called(layer)}`)),
    once(read),
  ]);
}

/** A layer with a kernel, whose last axis is the output, and perhaps a bias. */
function product(
  owner: LayerLike,
  layer: LayerLike,
  input: FeatureAxis,
  records: Records,
  readsOf: (input: FeatureAxis, kernel: readonly number[]) => DraftAxis[],
): FeatureAxis[] | undefined {
  let record = records.layers.get(owner);
  if (record === undefined) {
    const kernel = weightOf(owner, 'kernel');
    if (kernel === undefined) return undefined;
    const sizes = sizesOf(kernel);
    const output = [newDim(owner.name, sizes.at(-1)!)];
    if (isMixing(configOf(layer)['activation'])) fix(output, `${called(owner)} mixes its features`);
    const writes = [once(output)];
    const bias = weightOf(owner, 'bias');
    const weights: DraftWeight[] = [
      { variable: kernel, reads: readsOf(input, sizes), writes },
      ...(bias === undefined ? [] : [{ variable: bias, reads: [], writes }]),
    ];
    record = { weights, input, output };
    records.layers.set(owner, record);
  } else {
    unify(record.input, input, called(owner));
  }
  return [record.output];
}

/** Batch normalization over the features: each has a scale, an offset and statistics of its own. */
export function applyBatchNormalization(
  layer: LayerLike,
  { inputs: [input = []], inputShapes: [shape = []] }: Call,
  records: Records,
): FeatureAxis[] | undefined {
  const axis = Number(configOf(layer)['axis'] ?? -1);
  if (axis !== -1 && axis !== shape.length - 1) return undefined;
  return [perFeature(layer, input, records, () => [once(input)])];
}

/** PReLU: each feature has slopes of its own, one for all positions or one for each. */
export function applyPrelu(
  layer: LayerLike,
  { inputs: [input = []], inputShapes: [shape = []] }: Call,
  records: Records,
): FeatureAxis[] {
  const positions = `the positions of ${called(layer)}`;
  return [
    perFeature(layer, input, records, (slopes) =>
      slopes.map((size, i) => {
        // The features share one slope when sharedAxes has their axis.
        const isFeatureAxis = i === slopes.length - 1 && size === shape.at(-1);
        return once(isFeatureAxis ? input : fixedFeatures(size, positions));
      }),
    ),
  ];
}

/**
 * A layer that acts on each feature alone, with weights, if it has any, that go when their feature goes. All its calls are
 * on the same features.
 */
export function perFeature(
  layer: LayerLike,
  input: FeatureAxis,
  records: Records,
  axesOf: (sizes: readonly number[]) => DraftAxis[],
): FeatureAxis {
  const record = records.layers.get(layer);
  if (record === undefined) {
    const weights = layer.weights.map((variable) => ({
      variable,
      reads: [],
      writes: axesOf(sizesOf(variable)),
      penalized: false,
    }));
    records.layers.set(layer, { weights, input, output: input });
  } else {
    unify(record.input, input, called(layer));
  }
  return input;
}
