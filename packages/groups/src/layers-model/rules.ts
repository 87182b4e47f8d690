import type { LayerLike, LayerVariableLike } from './model-like.ts';
import { fix, fixedFeatures, newSpan, unify, type Features } from './spans.ts';

/** What a call of a layer is made of: the features and the shapes of its inputs, the shapes of its outputs. */
export interface Call {
  readonly inputs: readonly Features[];
  readonly inputShapes: readonly (readonly (number | null)[])[];
  readonly outputShapes: readonly (readonly (number | null)[])[];
}

/** One axis of a weight while the graph is still being walked: features, repeated so many times. */
export interface DraftAxis {
  readonly features: Features;
  readonly times: number;
}

/** The axes of one weight: what it reads and what it writes. */
export interface DraftWeight {
  readonly variable: LayerVariableLike;
  readonly reads: readonly DraftAxis[];
  readonly writes: readonly DraftAxis[];
  readonly lookup: boolean;
}

/** What is known of a layer with weights after its first call; later calls must agree with it. */
interface LayerRecord {
  readonly weights: readonly DraftWeight[];
  readonly input: Features;
  readonly output: Features;
}

/** The records of all layers met so far. */
export type Records = Map<LayerLike, LayerRecord>;

/** Layers that treat every feature on its own at inference: what nobody reads cannot reach the others. */
const featurewise = new Set(
  `InputLayer Dropout SpatialDropout1D GaussianNoise GaussianDropout AlphaDropout ReLU LeakyReLU ELU ThresholdedReLU
   RepeatVector GlobalAveragePooling1D GlobalMaxPooling1D AveragePooling1D MaxPooling1D`.split(
    /\s+/,
  ),
);
/** Recurrent layers whose units see each other through `recurrent_kernel` alone, and their blocks of gates. */
const gateBlocks: ReadonlyMap<string, number> = new Map([
  ['LSTM', 4],
  ['GRU', 3],
  ['SimpleRNN', 1],
]);
const elementwiseMerges = new Set(['Add', 'Average', 'Maximum', 'Minimum', 'Multiply']);
/** Activations that mix the features of a position; all others of TensorFlow.js work on each alone. */
const mixing = new Set(['softmax', 'logSoftmax']);

/** The features of every output of a call, noting in `records` what the layer's weights read and write. */
export function applyLayer(layer: LayerLike, call: Call, records: Records): Features[] {
  const kind = layer.getClassName();
  const [input = []] = call.inputs;
  const config = configOf(layer);
  if (featurewise.has(kind)) return [input];
  if (kind === 'Activation') return isMixing(config['activation']) ? unknown(call) : [input];
  if (kind === 'Concatenate') return concatenate(call, Number(config['axis'] ?? -1));
  if (elementwiseMerges.has(kind)) return sameLength(call) ? merge(call.inputs) : unknown(call);
  if (kind === 'Embedding') return embedding(layer, call, records);
  if (kind === 'Dense') return dense(layer, layer, input, records) ?? unknown(call);
  if (kind === 'TimeDistributed') return timeDistributed(layer, call, records);
  if (gateBlocks.has(kind)) {
    const found = recurrent(layer, layer.name, call.inputs, records);
    return found === undefined ? unknown(call) : call.outputShapes.map(() => found);
  }
  if (kind === 'Bidirectional') return bidirectional(layer, call, records) ?? unknown(call);
  return unknown(call);
}

/** A layer that we do not understand may use its inputs in any way, and nothing is known of what it gives. */
export function unknown(call: Call): Features[] {
  call.inputs.forEach(fix);
  return call.outputShapes.map((shape) => fixedFeatures(shape.at(-1) ?? 0));
}

function concatenate(call: Call, axis: number): Features[] {
  const rank = call.outputShapes[0]!.length;
  if (axis === -1 || axis === rank - 1) return [call.inputs.flat()];
  return merge(call.inputs);
}

function merge(inputs: readonly Features[]): Features[] {
  const [first = [], ...others] = inputs;
  for (const other of others) unify(first, other);
  return [first];
}

/** Whether no operand is broadcast along the features. */
function sameLength(call: Call): boolean {
  const [first = []] = call.inputShapes;
  return call.inputShapes.every(
    (shape) => shape.length === first.length && shape.at(-1) === first.at(-1),
  );
}

function embedding(layer: LayerLike, call: Call, records: Records): Features[] {
  let record = records.get(layer);
  if (record === undefined) {
    const table = weightOf(layer, 'embeddings');
    if (table === undefined) return unknown(call);
    const [rows, width] = sizesOf(table);
    const vocab = fixedFeatures(rows!);
    const output = [newSpan(layer.name, width!)];
    const reads = [{ features: vocab, times: 1 }];
    const writes = [{ features: output, times: 1 }];
    const weights = [{ variable: table, reads, writes, lookup: true }];
    record = { weights, input: vocab, output };
    records.set(layer, record);
  }
  call.inputs.forEach(fix);
  return [record.output];
}

/** A dense layer, whose weights may belong to a wrapper (`owner`); undefined when it is not as expected. */
function dense(
  owner: LayerLike,
  layer: LayerLike,
  input: Features,
  records: Records,
): Features[] | undefined {
  let record = records.get(owner);
  if (record === undefined) {
    const kernel = weightOf(owner, 'kernel');
    if (kernel === undefined) return undefined;
    const output = [newSpan(owner.name, sizesOf(kernel)[1]!)];
    if (isMixing(configOf(layer)['activation'])) fix(output);
    const writes = [{ features: output, times: 1 }];
    const bias = weightOf(owner, 'bias');
    const weights = [
      { variable: kernel, reads: [{ features: input, times: 1 }], writes, lookup: false },
      ...(bias === undefined ? [] : [{ variable: bias, reads: [], writes, lookup: false }]),
    ];
    record = { weights, input, output };
    records.set(owner, record);
  } else {
    unify(record.input, input);
  }
  return [record.output];
}

function timeDistributed(layer: LayerLike, call: Call, records: Records): Features[] {
  const inner = innerLayer(layer, 'layer');
  const [input = []] = call.inputs;
  const kind = inner?.getClassName();
  if (inner === undefined || kind === undefined) return unknown(call);
  if (kind === 'Dense') return dense(layer, inner, input, records) ?? unknown(call);
  // Only what leaves the shape of one position alone: pooling and repeating would see time as features.
  if (kind === 'Dropout' || kind === 'ReLU' || kind === 'LeakyReLU' || kind === 'ELU')
    return [input];
  if (kind === 'Activation' && !isMixing(configOf(inner)['activation'])) return [input];
  return unknown(call);
}

/** An LSTM, GRU or SimpleRNN on `[input, ...initial states]`; undefined when it is not as expected. */
function recurrent(
  layer: LayerLike,
  name: string,
  inputs: readonly Features[],
  records: Records,
): Features | undefined {
  const [input = [], ...states] = inputs;
  let record = records.get(layer);
  if (record === undefined) {
    const times = gateBlocks.get(layer.getClassName());
    const kernel = weightOf(layer, 'kernel');
    const matrix = weightOf(layer, 'recurrent_kernel');
    if (times === undefined || kernel === undefined || matrix === undefined) return undefined;
    const output = [newSpan(name, sizesOf(matrix)[0]!)];
    const config = configOf(layer);
    if (isMixing(config['activation']) || isMixing(config['recurrentActivation'])) fix(output);
    const writes = [{ features: output, times }];
    const bias = weightOf(layer, 'bias');
    const weights = [
      { variable: kernel, reads: [{ features: input, times: 1 }], writes, lookup: false },
      { variable: matrix, reads: [{ features: output, times: 1 }], writes, lookup: false },
      ...(bias === undefined ? [] : [{ variable: bias, reads: [], writes, lookup: false }]),
    ];
    record = { weights, input, output };
    records.set(layer, record);
  } else {
    unify(record.input, input);
  }
  for (const state of states) unify(state, record.output);
  return record.output;
}

function bidirectional(layer: LayerLike, call: Call, records: Records): Features[] | undefined {
  const forward = innerLayer(layer, 'forwardLayer');
  const backward = innerLayer(layer, 'backwardLayer');
  if (forward === undefined || backward === undefined) return undefined;
  const [input = [], ...states] = call.inputs;
  const half = states.length / 2;
  const there = [input, ...states.slice(0, half)];
  const back = [input, ...states.slice(half)];
  const one = recurrent(forward, `${layer.name}/forward`, there, records);
  const two = recurrent(backward, `${layer.name}/backward`, back, records);
  if (one === undefined || two === undefined) {
    fix([...(one ?? []), ...(two ?? [])]);
    return undefined;
  }
  const mode = (layer as { mergeMode?: unknown }).mergeMode;
  let outputs: Features[];
  if (mode === 'concat') outputs = [[...one, ...two]];
  else if (mode === null || mode === undefined) outputs = [one, two];
  else outputs = merge([one, two]);
  // With returnState, the states of the forward direction come next, then those of the backward one.
  const returned = call.outputShapes.length - outputs.length;
  for (let i = 0; i < returned; i++) outputs.push(i < returned / 2 ? one : two);
  return outputs;
}

function weightOf(layer: LayerLike, kind: string): LayerVariableLike | undefined {
  return layer.weights.find((weight) => weight.originalName.split('/').at(-1) === kind);
}

function sizesOf(variable: LayerVariableLike): number[] {
  return variable.shape.map((size) => size ?? 0);
}

function configOf(layer: LayerLike): Record<string, unknown> {
  return layer.getConfig() as Record<string, unknown>;
}

function isMixing(activation: unknown): boolean {
  return typeof activation === 'string' && mixing.has(activation);
}

/** A layer inside a wrapper; the fields are private in TensorFlow.js's types, so they are looked at with care. */
function innerLayer(layer: LayerLike, field: string): LayerLike | undefined {
  const inner = (layer as unknown as Record<string, unknown>)[field] as
    Partial<LayerLike> | undefined;
  const usable = typeof inner?.getClassName === 'function' && Array.isArray(inner.weights);
  return usable ? (inner as LayerLike) : undefined;
}
