import {
  networkLayout,
  parseWeight,
  recurrentWeights,
  type DescribedRecurrent,
  type LayerDescription,
  type Layout,
  type NamedArray,
  type Weights,
} from '@secateur/groups';
import { namesText } from '@secateur/input';
import { blockOrder } from '@secateur/kernels';
import { convertGates, foldForgetBias, transpose } from '@secateur/pruner';
import { CommandError } from '../command-error.ts';
import type { OwnCell, OwnLayer, Parts } from '@secateur/pruner/names';

/** Layers one after the other with their weights: what one format hands to another. */
export interface Chain {
  readonly layers: readonly OwnLayer[];
}

/** A chain as the functions of our packages take it: layers as data, weights and layout under our names. */
export interface DescribedChain {
  readonly network: { readonly layers: readonly LayerDescription[] };
  readonly weights: Weights;
  readonly layout: Layout;
}

/**
 * The chain of these parts in this order.
 *
 * @throws CommandError when a weight belongs to no part, when there is no order, or a part has a layer that no cell of ours runs.
 */
export function chainOf(
  { parts, rest }: Parts,
  order: readonly string[] | undefined,
  weights: Weights,
): Chain {
  if (rest.length > 0) {
    throw new CommandError(
      `expected weights of embeddings, recurrent layers and dense layers alone, found ${namesText(rest, 5)}, of which the names do not say what they compute; without them it is another network.`,
    );
  }
  if (order === undefined) {
    throw new CommandError(
      `expected layers that follow each other, found ${parts.map(({ name }) => name).join(', ') || 'none'}, of which names and widths do not tell the order; name them in it: --layout chain:${parts.map(({ name }) => name).join(',')}.`,
    );
  }
  const inOrder = order.flatMap((name) => parts.find((part) => part.name === name) ?? []);
  if (inOrder.length !== order.length || new Set(inOrder).size !== parts.length) {
    throw new CommandError(
      `expected each of ${parts.map(({ name }) => name).join(', ')} once in the order of the layers, found ${order.join(', ')}; is a layer without a weight of its own among them?`,
    );
  }
  const layers = inOrder.flatMap((part) => part.layers(weights));
  const taken = new Set<string>();
  return {
    layers: layers.map((layer) => ({
      ...withoutForgetBias(layer),
      name: ownName(layer.name, taken),
    })),
  };
}

/** What a cell adds to its forget gate becomes part of its bias, as other formats have nothing else. */
function withoutForgetBias(layer: OwnLayer): OwnLayer {
  if (layer.kind !== 'recurrent') return layer;
  return {
    ...layer,
    directions: layer.directions.map((own) => {
      const { forgetBias = 0, ...settings } = own.settings;
      if (own.cell.name !== 'lstm' || forgetBias === 0) return own;
      const bias = foldForgetBias(own.weights['bias']!, 'ifgo', forgetBias);
      return { ...own, settings, weights: { ...own.weights, bias } };
    }),
  };
}

/** Names its layers and dimensions as our networks do: `embedding`, `lstm1` with `h1`, `dense`. */
export function describeChain(chain: Chain): DescribedChain {
  const layers = chain.layers.map(untied);
  const described: LayerDescription[] = [];
  const weights: Record<string, NamedArray> = {};
  const dims: Record<string, number> = {};
  const tied = layers.some((layer) => layer.kind === 'dense' && layer.tied);
  let input = 'input';
  let units = 0;
  for (const [at, layer] of layers.entries()) {
    const { name } = layer;
    // What a tied head reads is as wide as the table that it reads by.
    const next = layers[at + 1];
    const isWidth = next?.kind === 'dense' && next.tied;
    if (layer.kind === 'embedding') {
      const [vocab, width] = layer.table.shape as [number, number];
      input = tied ? 'width' : 'embed';
      Object.assign(dims, { vocab, [input]: width });
      weights[name] = layer.table;
      described.push({
        kind: 'embedding',
        name,
        weights: { [name]: parseWeight(`vocab -> ${input} [lookup]`, name) },
      });
    } else if (layer.kind === 'recurrent') {
      if (described.length === 0) dims[input] = layer.directions[0]!.weights['kernel']!.shape[0]!;
      units++;
      const directions = layer.directions.map((own, i) => {
        const dim = isWidth ? 'width' : `h${units}${['', '/backward'][i]!}`;
        const direction = i === 0 ? name : `${name}/backward`;
        dims[dim] = own.weights['recurrent']!.shape[0]!;
        for (const [part, array] of Object.entries(own.weights))
          weights[`${direction}/${part}`] = array;
        return describeCell(direction, own, input, dim);
      });
      const [forward, backward] = directions as [DescribedRecurrent, DescribedRecurrent?];
      described.push(
        backward === undefined
          ? forward
          : {
              ...{
                kind: 'bidirectional',
                name: `${forward.name} and ${backward.name}`,
                forward,
                backward,
              },
              weights: { ...forward.weights, ...backward.weights },
            },
      );
      input = directions.map(({ units: dim }) => dim).join(' + ');
    } else {
      if (described.length === 0) dims[input] = layer.kernel.shape[0]!;
      const output = layer.tied ? 'vocab' : isWidth ? 'width' : `${name}.out`;
      dims[output] = layer.kernel.shape[1]!;
      const kernel = layer.tied ? described[0]!.name : `${name}/kernel`;
      if (!layer.tied) weights[kernel] = layer.kernel;
      if (layer.bias !== undefined) weights[`${name}/bias`] = layer.bias;
      described.push({
        ...{ kind: 'dense', name, kernel, transposed: layer.tied },
        ...(layer.bias === undefined ? {} : { bias: `${name}/bias` }),
        weights: {
          [kernel]: parseWeight(
            layer.tied ? `${output} <- ${input}` : `${input} -> ${output}`,
            name,
          ),
          ...(layer.bias !== undefined && { [`${name}/bias`]: parseWeight(`-> ${output}`, name) }),
        },
      });
      input = output;
    }
  }
  return { network: { layers: described }, weights, layout: networkLayout(described, dims) };
}

/**
 * A head that reads by the table of the embedding as one with a table of its own, where our names have no other: two directions
 * side by side have no one dimension, and without a bias nothing would be left of the head.
 */
function untied(layer: OwnLayer, at: number, layers: readonly OwnLayer[]): OwnLayer {
  const before = layers[at - 1];
  const both = before?.kind === 'recurrent' && before.directions.length > 1;
  if (layer.kind !== 'dense' || !(both || layer.bias === undefined)) return layer;
  return { ...layer, tied: false };
}

/** The chain of a network that is given as data. */
export function chainOfNetwork({
  layers,
  weights,
}: {
  readonly layers: readonly LayerDescription[];
  readonly weights: Weights;
}): Chain {
  const own = (layer: DescribedRecurrent): OwnCell => {
    const { name, cell, order, settings } = layer;
    const mine = blockOrder(cell).input;
    const parts = Object.keys(layer.weights).map((full) => {
      const array = weights[full]!;
      const turned = order === mine ? array : convertGates(array, order, mine);
      return [full.slice(name.length + 1), turned] as const;
    });
    const [units, width] = weights[`${name}/recurrent`]!.shape as [number, number];
    const depth = cell.repeats ? width / units / blockOrder(cell).recurrent.length : 1;
    return { cell, depth, settings, weights: Object.fromEntries(parts) };
  };
  return {
    layers: layers
      .flatMap((layer): OwnLayer[] => {
        const { kind, name } = layer;
        if (kind === 'embedding') return [{ kind, name, table: weights[name]! }];
        if (kind === 'recurrent') return [{ kind, name, directions: [own(layer)] }];
        if (kind === 'bidirectional') {
          const directions = [own(layer.forward), own(layer.backward)];
          return [{ kind: 'recurrent', name: layer.forward.name, directions }];
        }
        if (kind !== 'dense') return [];
        const stored = weights[layer.kernel]!;
        const kernel = layer.transposed ? transpose(stored) : stored;
        const bias = layer.bias === undefined ? undefined : weights[layer.bias];
        return [{ kind, name, kernel, bias, tied: layer.transposed }];
      })
      .map(withoutForgetBias),
  };
}

function describeCell(
  name: string,
  own: OwnCell,
  input: string,
  units: string,
): DescribedRecurrent {
  const { cell, depth, settings } = own;
  return {
    ...{ kind: 'recurrent', name, cell, settings, units, order: blockOrder(cell).input },
    weights: recurrentWeights(cell, { name, input, units, depth }),
  };
}

/** A name that files and layers of every format take, once. */
function ownName(name: string, taken: Set<string>): string {
  const plain = name.replace(/[^\w.]/g, '_').replace(/^(?=[^A-Za-z])/, 'layer_');
  let free = plain;
  for (let i = 2; taken.has(free); i++) free = `${plain}_${i}`;
  taken.add(free);
  return free;
}
