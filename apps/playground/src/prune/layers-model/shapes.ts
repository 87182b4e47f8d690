import { FileError } from '../opened.ts';

/** Sizes of the axes of what goes from layer to layer, null where any will do; the batch first. */
export type Shape = readonly (number | null)[];

/** Settings of a layer under their names in JavaScript. */
export type Config = Readonly<Record<string, unknown>>;

const sameShape = [
  ...['Dropout', 'SpatialDropout1D', 'GaussianNoise', 'GaussianDropout', 'AlphaDropout'],
  ...['Activation', 'ReLU', 'LeakyReLU', 'ELU', 'ThresholdedReLU', 'PReLU', 'Softmax'],
  ...['BatchNormalization', 'LayerNormalization', 'Masking'],
];
const merges = ['Add', 'Average', 'Maximum', 'Minimum', 'Multiply'];
const recurrent = ['LSTM', 'GRU', 'ResetAfterGRU', 'SimpleRNN'];

/** What a layer of a kind gives for inputs of these shapes. */
export function outputShape(kind: string, config: Config, inputs: readonly Shape[]): Shape {
  const [first = []] = inputs;
  const number = (key: string): number => Number(config[key]);
  if (sameShape.includes(kind) || merges.includes(kind)) return first;
  if (kind === 'Embedding') return [...first, number('outputDim')];
  if (kind === 'Dense') return [...first.slice(0, -1), number('units')];
  if (recurrent.includes(kind)) {
    if (config['returnState'] === true)
      throw new FileError(`${named(kind, config)} returns its states${elsewhere}`);
    const time = config['returnSequences'] === true ? first.slice(0, 2) : first.slice(0, 1);
    return [...time, number('units')];
  }
  if (kind === 'Bidirectional') {
    const inner = config['layer'] as { className: string; config: Config };
    const one = outputShape(inner.className, inner.config, inputs);
    const width = one.at(-1)!;
    const mode = config['mergeMode'] ?? 'concat';
    return mode === 'concat' ? [...one.slice(0, -1), 2 * width] : one;
  }
  if (kind === 'TimeDistributed') {
    const inner = config['layer'] as { className: string; config: Config };
    const one = outputShape(inner.className, inner.config, [[first[0]!, ...first.slice(2)]]);
    return [one[0]!, first[1]!, ...one.slice(1)];
  }
  if (kind === 'Concatenate') {
    const axis = Number(config['axis'] ?? -1);
    const at = axis < 0 ? first.length + axis : axis;
    const sum = inputs.reduce<number | null>(
      (total, shape) => (total === null || shape[at] === null ? null : total + shape[at]!),
      0,
    );
    return first.map((size, i) => (i === at ? sum : size));
  }
  if (kind === 'Flatten') {
    const rest = first.slice(1);
    return [first[0]!, rest.includes(null) ? null : rest.reduce<number>((a, b) => a * b!, 1)];
  }
  if (kind === 'GlobalAveragePooling1D' || kind === 'GlobalMaxPooling1D') {
    return [first[0]!, first.at(-1)!];
  }
  if (kind === 'RepeatVector') return [first[0]!, number('n'), first.at(-1)!];
  if (kind === 'Conv1D') return [first[0]!, null, number('filters')];
  throw new FileError(
    `${named(kind, config)} is of a kind that this page does not know${elsewhere}`,
  );
}

const named = (kind: string, { name }: Config): string => `"${String(name)}" (${kind})`;

const elsewhere = ': npx secateur prune reads it with TensorFlow.js.';
