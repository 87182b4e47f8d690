import {
  formatAxis,
  type AxisExpression,
  type DescribedRecurrent,
  type LayerDescription,
} from '@secateur/groups';
import { argumentError } from '../error.ts';
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
 * @throws {@link CellError} when there is no layer, or one of a kind that is not known.
 *
 * @example
 * ```ts
 * import { denseLayer, embeddingLayer, lstmLayer, networkOf, sequence } from '@secateur/cells';
 * import { countParameters, type LayerDescription } from '@secateur/groups';
 *
 * const net = sequence(
 *   embeddingLayer('embedding', { vocab: 'vocab', width: 'embed' }),
 *   lstmLayer('lstm1', { input: 'embed', units: 'h1' }),
 *   denseLayer('softmax', { input: 'h1', output: 'vocab' }),
 * );
 * const file = JSON.stringify(net.layers); // layers are plain data
 * const again = networkOf(JSON.parse(file) as LayerDescription[]);
 * countParameters(again.layout({ vocab: 10, embed: 8, h1: 16 })); // => 1850
 * ```
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
    const { before, after } = weights[name]!;
    return embeddingLayer(name, { vocab: textOf(before), width: textOf(after) });
  }
  if (layer.kind !== 'dense') throw unknownKind(layer);
  const { kernel, transposed, bias } = layer;
  const { before, after } = weights[kernel]!;
  const [input, output] = transposed ? [after, before] : [before, after];
  const tied = transposed ? { tiedTo: kernel } : {};
  return denseLayer(name, {
    input: textOf(input),
    output: textOf(output),
    bias: bias !== undefined,
    ...tied,
  });
}

function unknownKind(layer: never): Error {
  const { kind } = layer as { readonly kind: unknown };
  return argumentError(
    `networkOf: expected layers of kind bidirectional, dense, dropout, embedding or recurrent, found "${String(kind)}"; describe it with those.`,
  );
}

function recurrentOf({
  name,
  cell,
  order,
  settings,
  units,
  weights,
}: DescribedRecurrent): RecurrentLayer {
  const { [`${name}/kernel`]: kernel, [`${name}/recurrent`]: recurrent } = weights;
  const [columns] = recurrent?.after ?? [];
  const blocks = columns?.kind === 'repeat' ? columns.times : 1;
  const depth = cell.repeats ? blocks / blockOrder(cell).recurrent.length : undefined;
  return recurrentLayer(name, cell, {
    input: textOf(kernel?.before ?? []),
    units,
    gates: order,
    settings,
    ...(depth !== undefined && { depth }),
  });
}

/** The one axis on a side of a weight, in the notation that layers are made with. */
const textOf = ([axis]: readonly AxisExpression[]): string =>
  axis === undefined ? '' : formatAxis(axis);
