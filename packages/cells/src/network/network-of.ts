import type { DescribedRecurrent, LayerDescription } from '@secateur/groups';
import { blockOrder } from '@secateur/kernels';
import { bidirectionalLayer } from './bidirectional-layer.ts';
import { denseLayer } from './dense-layer.ts';
import { dropoutLayer } from './dropout-layer.ts';
import { embeddingLayer } from './embedding-layer.ts';
import type { Layer } from './layer.ts';
import { recurrentLayer, type RecurrentLayer } from './recurrent-layer.ts';
import { sequence, type Network } from './sequence.ts';

/**
 * The network of layers that are plain data, for instance those that `fromOnnx` of `@secateur/onnx` reads. A description does not say
 * how much is dropped in training, so nothing is.
 *
 * @throws {@link CellError} when there is no layer.
 */
export function networkOf(layers: readonly LayerDescription[]): Network {
  return sequence(...layers.map(layerOf));
}

function layerOf(layer: LayerDescription): Layer {
  const { name, weights } = layer;
  if (layer.kind === 'dropout') return dropoutLayer(0);
  if (layer.kind === 'recurrent') return recurrentOf(layer);
  if (layer.kind === 'bidirectional')
    return bidirectionalLayer(recurrentOf(layer.forward), recurrentOf(layer.backward));
  if (layer.kind === 'embedding') {
    const [vocab, width] = sides(weights[name]!, '->');
    return embeddingLayer(name, { vocab, width });
  }
  const { kernel, transposed, bias } = layer;
  const text = weights[kernel]!;
  const [input, output] = transposed ? sides(text, '<-').reverse() : sides(text, '->');
  const tied = transposed ? { tiedTo: kernel } : {};
  return denseLayer(name, { input: input!, output: output!, bias: bias !== undefined, ...tied });
}

function recurrentOf({
  name,
  cell,
  order,
  settings,
  units,
  weights,
}: DescribedRecurrent): RecurrentLayer {
  const { [`${name}/kernel`]: kernel = '->', [`${name}/recurrent`]: recurrent = '' } = weights;
  const blocks = Number(/(\d+)\*/.exec(sides(recurrent, '->')[1])?.[1] ?? 1);
  const depth = cell.repeats ? blocks / blockOrder(cell).recurrent.length : undefined;
  return recurrentLayer(name, cell, {
    ...{ input: sides(kernel, '->')[0], units, gates: order, settings },
    ...(depth !== undefined && { depth }),
  });
}

/** What stands left and right of the arrow, without attributes. */
function sides(text: string, arrow: '->' | '<-'): [left: string, right: string] {
  const [left = '', right = ''] = text.replace(/\[.*\]$/, '').split(arrow);
  return [left.trim(), right.trim()];
}
