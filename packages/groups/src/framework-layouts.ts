import { cellLayout, checkUnits } from './cell-layouts.ts';
import { GroupError } from './error.ts';
import type { Layout } from './types.ts';

/** What {@link torchLstmLayout} and {@link torchGruLayout} are told. */
export interface TorchLayoutOptions {
  /** What stands before the names in the state dictionary, for instance `rnn.`; by default nothing. */
  readonly prefix?: string;
  /** The input axis of the first layer in the notation, for instance `embed`. */
  readonly input: string;
  /** The hidden dimension of each layer; a pair `[forward, backward]` for each layer of a bidirectional module. */
  readonly units: readonly (string | readonly [string, string])[];
  /** Whether the module has its two biases; by default it has. */
  readonly bias?: boolean;
  /** Sizes of the dimensions that occur; others are left out. */
  readonly dims: Readonly<Record<string, number>>;
}

/** What {@link tf1LstmLayout} is told. */
export interface Tf1LstmLayoutOptions {
  /** Scope of the cell: the variables are `name/weights` and `name/biases`. */
  readonly name: string;
  /** The input axis in the notation. */
  readonly input: string;
  /** Name of the hidden dimension. */
  readonly units: string;
  /** Sizes of the dimensions that occur; others are left out. */
  readonly dims: Readonly<Record<string, number>>;
  /** Names of the two variables in the scope; by default `weights` and `biases`, later versions say `kernel` and `bias`. */
  readonly variables?: readonly [weights: string, biases: string];
}

/**
 * PyTorch's `nn.LSTM`: `weight_ih_l0` `[4 units, input]`, `weight_hh_l0` `[4 units, units]`, `bias_ih_l0` and
 * `bias_hh_l0` `[4 units]` for each layer, and the same with `_reverse` for the backward direction. Blocks of gates
 * come in the order i, f, g, o; the layout is the same for any order.
 */
export function torchLstmLayout(options: TorchLayoutOptions): Layout {
  return torchLayout('torchLstmLayout', 'nn.LSTM', 4, options);
}

/**
 * PyTorch's `nn.GRU`: the names of `nn.LSTM` with three blocks of gates, so `weight_ih_l0` `[3 units, input]`,
 * `weight_hh_l0` `[3 units, units]`, `bias_ih_l0` and `bias_hh_l0` `[3 units]`, and the same with `_reverse`. Blocks
 * come in the order r, z, n; the layout is the same for any order.
 */
export function torchGruLayout(options: TorchLayoutOptions): Layout {
  return torchLayout('torchGruLayout', 'nn.GRU', 3, options);
}

function torchLayout(
  caller: string,
  module: string,
  gates: number,
  options: TorchLayoutOptions,
): Layout {
  const { prefix = '', units, bias = true, dims } = options;
  if (!Array.isArray(units) || units.length === 0) {
    throw new GroupError(
      `${caller}: expected a hidden dimension for each layer, found none; pass for instance units: ["h1", "h2"]`,
    );
  }
  const layers = units.map((layer) => (typeof layer === 'string' ? [layer] : [...layer]));
  const directions = layers[0]!.length;
  if (directions > 2 || layers.some((layer) => layer.length !== directions)) {
    throw new GroupError(
      `${caller}: expected one dimension for each layer or a pair for each, found a mixture; ${module} is bidirectional in all layers or in none`,
    );
  }
  const weights: Record<string, string> = {};
  let { input } = options;
  layers.forEach((layer, index) => {
    layer.forEach((dim: string, direction: number) => {
      checkUnits(caller, dim);
      const suffix = `_l${index}${direction === 1 ? '_reverse' : ''}`;
      weights[`${prefix}weight_ih${suffix}`] = `${gates}*${dim} <- ${input}`;
      weights[`${prefix}weight_hh${suffix}`] = `${gates}*${dim} <- ${dim}`;
      if (!bias) return;
      weights[`${prefix}bias_ih${suffix}`] = `${gates}*${dim} <-`;
      weights[`${prefix}bias_hh${suffix}`] = `${gates}*${dim} <-`;
    });
    input = layer.join(' + ');
  });
  return cellLayout(caller, dims, weights);
}

/**
 * TensorFlow 1's `BasicLSTMCell`: one matrix `weights` `[input + units, 4 units]`, input rows first, and `biases`
 * `[4 units]`. Blocks of gates come in the order i, j, f, o; the layout is the same for any order.
 */
export function tf1LstmLayout(options: Tf1LstmLayoutOptions): Layout {
  const { name, input, units, dims, variables = ['weights', 'biases'] } = options;
  checkUnits('tf1LstmLayout', units);
  return cellLayout('tf1LstmLayout', dims, {
    [`${name}/${variables[0]}`]: `${input} + ${units} -> 4*${units}`,
    [`${name}/${variables[1]}`]: `-> 4*${units}`,
  });
}
