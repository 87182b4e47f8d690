import type { NodeProto } from 'onnx-buf';
import { newDim, type Draft, type RecurrentDraft, type Value } from './draft.ts';
import { attributeOf, integerOf, isZeros, unfit, type GraphIndex } from './graph-index.ts';
import type { Reader } from './reader.ts';
import { readRecurrent } from './recurrent.ts';

/** A recurrent node: a layer that reads one way, or two that read both ways. */
export function readRecurrentLayer(reader: Reader, node: NodeProto, output: string): Value {
  const { index, found } = reader;
  const x = reader.read(node.input[0] ?? '');
  const [time, batch, third] = x.axes;
  const isStep = (axis: unknown): axis is 'first' | 'second' =>
    axis === 'first' || axis === 'second';
  if (x.axes.length !== 3 || third !== 'features' || !isStep(time) || !isStep(batch))
    throw unfit(node, 'features at every step as its input');
  if (found.time !== undefined && found.time !== time)
    throw unfit(node, 'the axis as time that is time to the layers before it');
  found.time = time;
  const { direction, parts, origins } = readRecurrent(index, node);
  checkStates(index, node);
  const lengths = node.input[4] ?? '';
  if (lengths !== '' && !index.isInput(lengths))
    throw unfit(node, `lengths that are an input, found "${lengths}"`);
  // The last state of a layer that reads forward is its output at the last step.
  const last = output !== node.output[0];
  if (last && (output !== node.output[1] || direction !== 'forward' || lengths !== ''))
    throw unfit(node, 'its outputs at every step (Y) to be read on, found its last state');
  reader.claim(node, ...origins);

  const name = reader.nameOf(node.opType.toLowerCase(), origins[0]!, '/W');
  const width = parts[0]!.weights['kernel']!.shape[0]!;
  const input = x.features.length > 0 ? x.features : [newDim('features', width)];
  const given = input.reduce((sum, { size }) => sum + size, 0);
  if (given !== width) throw unfit(node, `weights for ${given} features, found ${width}`);
  const drafts = parts.map((part, k): RecurrentDraft => {
    const own = parts.length === 1 ? name : `${name}/${k === 0 ? 'fw' : 'bw'}`;
    return {
      ...{ kind: 'recurrent', name: own, part, input, node, lengths: lengths !== '' },
      units: newDim(`${own}.units`, part.weights['recurrent']!.shape[0]!),
      reverse: direction === 'reverse' || k === 1,
    };
  });
  const [forward, backward] = drafts as [RecurrentDraft, RecurrentDraft?];
  const layer: Draft =
    backward === undefined ? forward : { kind: 'bidirectional', forward, backward };
  return {
    layers: [...x.layers, layer],
    axes: last ? ['direction', batch, 'features'] : [time, 'direction', batch, 'features'],
    ...(last && { last }),
    features: drafts.map(({ units }) => units),
    directions: drafts.length,
    before: x,
  };
}

/** Two layers of one input that read it both ways, side by side. */
export function readPair(reader: Reader, node: NodeProto): Value {
  const [one, other, ...more] = node.input.map((value) => reader.read(value));
  const [forward, backward] = [one?.layers.at(-1), other?.layers.at(-1)];
  const axis = integerOf(node, 'axis', 0);
  const isPair =
    more.length === 0 &&
    one!.before === other?.before &&
    [axis, axis + one!.axes.length].includes(one!.axes.length - 1) &&
    String(one!.axes) === String(other?.axes) &&
    one!.axes.at(-1) === 'features' &&
    !one!.axes.includes('direction');
  if (
    !isPair ||
    forward?.kind !== 'recurrent' ||
    backward?.kind !== 'recurrent' ||
    forward.reverse ||
    !backward.reverse
  )
    throw unfit(node, 'outputs of a forward and of a reverse layer over one input side by side');
  return {
    ...one!,
    layers: [...one!.layers.slice(0, -1), { kind: 'bidirectional', forward, backward }],
    features: [forward.units, backward.units],
  };
}

/** What may stand between an input and the states of one layer. */
const passing = new Set(
  'Slice Split Gather Squeeze Unsqueeze Identity Reshape Transpose Expand Cast'.split(' '),
);

/** States come from outside or are zeros; other values are no weights of ours. */
function checkStates(index: GraphIndex, node: NodeProto): void {
  for (const state of node.input.slice(5, 7)) {
    const seen = new Set<string>();
    let at = state;
    while (at !== '' && !index.isInput(at) && !isZeros(index, at)) {
      const from = index.nodeOf(at);
      if (from?.opType === 'ConstantOfShape' && isZeroFill(from)) break;
      if (from === undefined || !passing.has(from.opType) || seen.has(at))
        throw unfit(node, `states that are inputs or zeros at the beginning, found "${state}"`);
      seen.add(at);
      at = from.input[0] ?? '';
    }
  }
}

function isZeroFill(node: NodeProto): boolean {
  const fill = attributeOf(node, 'value')?.t;
  if (fill === undefined) return true;
  return fill.rawData.every((byte) => byte === 0) && fill.floatData.every((value) => value === 0);
}
