import {
  tidy,
  zeros,
  type TensorContainerObject,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import {
  layoutShapes,
  networkLayout,
  type Layout,
  type NamedArray,
  type Weights,
} from '@secateur/groups';
import { checkOptions } from '@secateur/input';
import { argumentError, tensorsError } from '../error.ts';
import { glorotWeights, type Initializer } from '../initializers.ts';
import {
  trainingAfter,
  type Applied,
  type ApplyOptions,
  type Layer,
  type NamedStates,
  type NamedTensors,
} from './layer.ts';
import { unitsOf } from './recurrent-layer.ts';

/** Layers one after the other, from which the layout and the forward pass both come. It holds no values. */
export interface Network {
  /** Its layers, the first one first. */
  readonly layers: readonly Layer[];
  /** The states that it carries from one sequence to the next, by name, and the dimension of each. */
  readonly states: Readonly<Record<string, string>>;
  /** Which dimensions its weights read and write, in these sizes. */
  layout(dims: Readonly<Record<string, number>>): Layout;
  /**
   * First weights in these sizes: with a seed those of {@link glorotWeights}, else what the initializer gives. A
   * {@link CellError} for values of another shape.
   */
  init(dims: Readonly<Record<string, number>>, init: number | Initializer): Weights;
  /** States of zeros for so many sequences, `[batch, units]` each, in the sizes of these weights. */
  zeroState(weights: NamedTensors, batch: number): NamedStates;
  /** Runs all layers on the input of the first. The sizes are those of the weights. A state that it does not have is a {@link CellError}. */
  apply(weights: NamedTensors, x: Tensor, options?: ApplyOptions): Applied;
}

/**
 * A network of layers one after the other.
 *
 * @throws {@link CellError} when there is none, or two recurrent ones, those of a bidirectional layer too, have one name.
 *
 * @example
 * ```ts
 * import { countParameters } from '@secateur/groups';
 * import { denseLayer, embeddingLayer, lstmLayer, sequence } from '@secateur/cells';
 *
 * const net = sequence(
 *   embeddingLayer('embedding', { vocab: 'vocab', width: 'embed' }),
 *   lstmLayer('lstm1', { input: 'embed', units: 'h1' }),
 *   denseLayer('softmax', { input: 'h1', output: 'vocab' }),
 * );
 * countParameters(net.layout({ vocab: 10, embed: 8, h1: 16 })); // => 1850
 * ```
 */
export function sequence(...layers: readonly Layer[]): Network {
  if (layers.length === 0) {
    throw argumentError('sequence: expected at least one layer, found none; pass the first.');
  }
  checkNames(layers);
  const states: Network['states'] = Object.assign({}, ...layers.map((layer) => layer.states));
  const layout = (dims: Readonly<Record<string, number>>): Layout => networkLayout(layers, dims);
  return {
    layers,
    states,
    layout,
    init(dims, init) {
      const draw = initializerOf(init);
      const shapes = Object.entries(layoutShapes(layout(dims)));
      return Object.fromEntries(
        shapes.map(([name, shape]) => [name, checkedValues(name, shape, draw(name, shape))]),
      );
    },
    zeroState: (weights, batch) => zeroState(layers, weights, batch),
    // What is between the layers is no longer needed; gradients keep what they need.
    apply: (weights, x, options = {}) => {
      checkOptions('apply', options, applyNames, argumentError);
      checkStates(options.state, states);
      return tidy(() => applyAll(layers, weights, x, options) as Applied & TensorContainerObject);
    },
  };
}

const applyNames = { state: true, training: true, lengths: true } as const;

function applyAll(
  layers: readonly Layer[],
  weights: NamedTensors,
  x: Tensor,
  { training, ...options }: ApplyOptions,
): Applied {
  const after: Record<string, Tensor2D> = {};
  let outputs = x;
  let draws = 0;
  for (const layer of layers) {
    const own = { ...options, ...trainingAfter(training, draws) };
    const applied = layer.apply(weights, outputs, own);
    outputs = applied.outputs;
    Object.assign(after, applied.state);
    draws += layer.draws;
  }
  return { outputs, state: after };
}

function zeroState(layers: readonly Layer[], weights: NamedTensors, batch: number): NamedStates {
  const entries = layers.flatMap((layer) => {
    if (layer.kind !== 'recurrent') return [];
    const units = unitsOf(layer, weights);
    return Object.keys(layer.states).map(
      (name) => [name, zeros([batch, units])] as [string, Tensor2D],
    );
  });
  return Object.fromEntries(entries);
}

/** Recurrent layers of one name would share weights and states. */
function checkNames(layers: readonly Layer[]): void {
  const names = layers.flatMap((layer) => {
    if (layer.kind === 'bidirectional') return [layer.forward.name, layer.backward.name];
    return layer.kind === 'recurrent' ? [layer.name] : [];
  });
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice === undefined) return;
  throw argumentError(
    `sequence: expected layers of different names, found "${twice}" twice; rename one.`,
  );
}

/** A state that no layer has would change nothing without a word. */
function checkStates(given: NamedStates | undefined, states: Network['states']): void {
  const other = Object.keys(given ?? {}).find((name) => !Object.hasOwn(states, name));
  if (other === undefined) return;
  throw tensorsError(
    `sequence: expected states to be ${Object.keys(states).join(', ') || 'none'}, found "${other}"; leave it out.`,
  );
}

function initializerOf(init: unknown): Initializer {
  if (typeof init === 'number') return glorotWeights({ seed: init });
  if (typeof init === 'function') return init as Initializer;
  throw argumentError(
    `init: expected a seed or an initializer, found ${String(init)}; pass a whole number.`,
  );
}

function checkedValues(name: string, shape: readonly number[], values: NamedArray): NamedArray {
  const size = shape.reduce((product, length) => product * length, 1);
  if (String(values?.shape) === String(shape) && values.data?.length === size) return values;
  const found = `${values?.data?.length ?? 'none'} of shape [${values?.shape?.join(', ') ?? ''}]`;
  throw tensorsError(
    `init: expected ${size} values of shape [${shape.join(', ')}] for "${name}", found ${found}; the initializer is told the shape.`,
  );
}
