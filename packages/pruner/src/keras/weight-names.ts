import { badModel, isModelConfig, isSerialized, layersOf, type Serialized } from './json.ts';

/** The weights of a recurrent cell, in the order in which Keras makes them. */
const cellWeights = ['kernel', 'recurrent_kernel', 'bias'];
const recurrent = new Set(['LSTM', 'GRU', 'ResetAfterGRU', 'SimpleRNN', 'ConvLSTM2D']);
/** The same of other layers; without some of them the others keep their order. */
const layerWeights: Readonly<Record<string, readonly string[]>> = {
  Embedding: ['embeddings'],
  BatchNormalization: ['gamma', 'beta', 'moving_mean', 'moving_variance'],
  LayerNormalization: ['gamma', 'beta'],
  PReLU: ['alpha'],
  SeparableConv2D: ['depthwise_kernel', 'pointwise_kernel', 'bias'],
  DepthwiseConv2D: ['depthwise_kernel', 'bias'],
};

/** A function from the name that Keras gave a weight to the one that TensorFlow.js looks for. */
export type RenameWeight = (name: string) => string;

/**
 * Gives each weight the name that TensorFlow.js looks for, `lstm/kernel`. Keras 3 writes the path to it,
 * `sequential/lstm/lstm_cell/kernel`, and into `.keras` files its place, `layers/lstm/cell/vars/0`. A name in which no layer
 * of the model is found is handed on: it may be that of a layer that only its caller knows.
 *
 * @throws PrunerError for a name that two layers fit, and for two weights that get one name.
 */
export function weightNames(model: Serialized): RenameWeight {
  const layers = everyLayer(model);
  const taken = new Map<string, string>();
  return (name) => {
    const matches = new Set<string>();
    for (const path of pathsOf(model, name.replace(/:0$/, '').split('/'))) {
      path.forEach((part, i) => {
        for (const layer of layers.filter(({ config }) => config['name'] === part)) {
          const rest = nameInside(layer, path.slice(i + 1));
          if (rest !== undefined) matches.add(`${part}/${rest}`);
        }
      });
    }
    const [target = name] = matches;
    if (matches.size > 1) {
      throw badModel(
        `expected one layer to which the weight "${name}" belongs, found ${[...matches].join(' and ')}; give the layers other names.`,
      );
    }
    const other = taken.get(target);
    if (other !== undefined) {
      throw badModel(
        `expected one weight for "${target}", found "${other}" and "${name}"; TensorFlow.js needs another name for each layer.`,
      );
    }
    taken.set(target, name);
    return target;
  };
}

/** The layers of a model and of the models in it. */
function everyLayer(model: Serialized): Serialized[] {
  return layersOf(model).flatMap((layer) => (isModelConfig(layer) ? everyLayer(layer) : [layer]));
}

/** The name of a weight inside a layer, from what follows the layer's name in Keras's path; undefined if it fits not. */
function nameInside(layer: Serialized, path: readonly string[]): string | undefined {
  const { class_name: kind, config } = layer;
  const [first, ...rest] = path;
  if (first === undefined) return undefined;
  const wrapped = config['layer'];
  if (kind === 'Bidirectional' && isSerialized(wrapped)) {
    const direction = /^(forward|backward)_/.exec(first)?.[1];
    const inside = nameInside(wrapped, rest);
    if (direction === undefined || inside === undefined) return undefined;
    return `${direction}_${String(wrapped.config['name'])}/${inside}`;
  }
  if (kind === 'TimeDistributed' && isSerialized(wrapped)) {
    return nameInside(wrapped, first === wrapped.config['name'] ? rest : path);
  }
  const last = path.at(-1)!;
  if (kind === 'RNN' && isSerialized(config['cell'])) {
    const { cells } = config['cell'].config;
    if (!Array.isArray(cells)) return path.length <= 2 ? cellWeight(last) : undefined;
    const cell = cells.findIndex(
      (each) => isSerialized(each) && each.config['name'] === path.at(-2),
    );
    const inside = cellWeight(last);
    return cell === -1 || inside === undefined ? undefined : `RNNCell_${cell}/${inside}`;
  }
  if (recurrent.has(kind)) return path.length <= 2 ? cellWeight(last) : undefined;
  if (path.length > 1) return undefined;
  return kind === 'DepthwiseConv2D' && first === 'kernel' ? 'depthwise_kernel' : first;
}

function cellWeight(name: string): string | undefined {
  return cellWeights.includes(name) ? name : undefined;
}

/** The name itself, or for a place in a `.keras` file the path that it stands for. */
function pathsOf(model: Serialized, parts: readonly string[]): (readonly string[])[] {
  if (parts.at(-2) !== 'vars') return [parts];
  const path = followPlace(model, parts);
  return path === undefined ? [] : [path];
}

/**
 * Follows `layers/lstm/cell/vars/0`: lists hold their layers by their classes in lower case, counted; variables are counted
 * too. Gives the path with the names of layers and weights.
 */
function followPlace(
  at: Serialized,
  [part, key, ...rest]: readonly string[],
): string[] | undefined {
  const inside = (next: unknown, path: readonly string[], name?: string): string[] | undefined => {
    if (!isSerialized(next)) return undefined;
    const further = followPlace(next, path);
    return further && [name ?? String(next.config['name']), ...further];
  };
  const { config } = at;
  if (part === undefined || key === undefined) return undefined;
  const wrapped = config['layer'];
  switch (part) {
    case 'layers':
      return inside(byClass(layersOf(at)).get(key), rest);
    case 'cells':
      return inside(byClass(config['cells']).get(key), rest);
    case 'cell':
      // Only an RNN has a cell of its own in its settings.
      return isSerialized(config['cell'])
        ? inside(config['cell'], [key, ...rest])
        : followPlace(at, [key, ...rest]);
    case 'layer':
      return inside(wrapped, [key, ...rest]);
    case 'forward_layer':
    case 'backward_layer': {
      const name = isSerialized(wrapped) ? String(wrapped.config['name']) : '';
      return inside(wrapped, [key, ...rest], `${part.replace('layer', '')}${name}`);
    }
    case 'vars': {
      const weight = weightsOf(at)[Number(key)];
      return weight === undefined ? undefined : [weight];
    }
    default:
      return undefined;
  }
}

/** Layers by the keys that Keras gives them in a list: `dense`, `dense_1`, `lstm`. */
function byClass(layers: unknown): Map<string, Serialized> {
  const keyed = new Map<string, Serialized>();
  const counts = new Map<string, number>();
  for (const layer of Array.isArray(layers) ? layers.filter(isSerialized) : []) {
    const base = snakeCase(layer.class_name.replace(/^ResetAfter/, ''));
    const count = counts.get(base) ?? 0;
    counts.set(base, count + 1);
    keyed.set(count === 0 ? base : `${base}_${count}`, layer);
  }
  return keyed;
}

/** `BatchNormalization` is `batch_normalization`, `SimpleRNN` is `simple_rnn`. */
function snakeCase(name: string): string {
  return name
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

function weightsOf({ class_name: kind, config }: Serialized): readonly string[] {
  if (kind === 'BatchNormalization' || kind === 'LayerNormalization') {
    return layerWeights[kind]!.filter(
      (name) =>
        !(name === 'gamma' && config['scale'] === false) &&
        !(name === 'beta' && config['center'] === false),
    );
  }
  const known = layerWeights[kind];
  if (known !== undefined) return known;
  return recurrent.has(kind) || kind.endsWith('Cell') ? cellWeights : ['kernel', 'bias'];
}
