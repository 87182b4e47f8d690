import {
  dimensionAxis,
  layoutOfWeights,
  parseAxis,
  repeatAxis,
  sumAxes,
  weightExpression,
  type AxisExpression,
  type Layout,
  type WeightExpression,
} from '@secateur/groups';
import { checkOptions } from '@secateur/input';
import { argumentError, weightsError } from '../pruner-error.ts';

/** Options of {@link torchGruLayout}. */
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

const torchNames = { prefix: true, input: true, units: true, bias: true, dims: true } as const;

/** Options of {@link torchLstmLayout}. */
export interface TorchLstmLayoutOptions extends TorchLayoutOptions {
  /**
   * With `proj_size`: the dimension of the projected state of each layer, and a pair for each of a bidirectional module. It
   * is what the recurrent weights and the next layer read. By default the module has no projections.
   */
  readonly projections?: TorchLayoutOptions['units'];
}

/**
 * PyTorch's `nn.LSTM`: `weight_ih_l0` `[4 units, input]`, `weight_hh_l0` `[4 units, units]`, `bias_ih_l0` and
 * `bias_hh_l0` `[4 units]` for each layer, and the same with `_reverse` for the backward direction. Blocks of gates
 * come in the order i, f, g, o; the layout is the same for any order. `batch_first` and `dropout` change no weight.
 *
 * With projections `weight_hr_l0` `[projected, units]` reads the units, and all that read them otherwise,
 * `weight_hh_l0` `[4 units, projected]` among them, read the projected state. No weight then reads and writes the same
 * dimension, so name those to prune in the `dims` of `issGroups` and of the pruner's `findRemovable`.
 *
 * @example
 * ```ts
 * import { weightShape } from '@secateur/groups';
 * import { torchLstmLayout } from '@secateur/pruner';
 *
 * const dims = { embed: 5, h1: 3, h2: 2 };
 * const layout = torchLstmLayout({ prefix: 'rnn.', input: 'embed', units: ['h1', 'h2'], dims });
 * weightShape(layout, 'rnn.weight_ih_l0'); // => [12, 5]
 * weightShape(layout, 'rnn.weight_ih_l1'); // => [8, 3]
 * ```
 */
export function torchLstmLayout(options: TorchLstmLayoutOptions): Layout {
  const caller = 'torchLstmLayout';
  checkOptions(caller, options, { ...torchNames, projections: true }, argumentError);
  return torchLayout(caller, 'nn.LSTM', 4, options);
}

/**
 * PyTorch's `nn.GRU`: the names of `nn.LSTM` with three blocks of gates, so `weight_ih_l0` `[3 units, input]`,
 * `weight_hh_l0` `[3 units, units]`, `bias_ih_l0` and `bias_hh_l0` `[3 units]`, and the same with `_reverse`. Blocks
 * come in the order r, z, n; the layout is the same for any order. `batch_first` and `dropout` change no weight.
 *
 * @example
 * ```ts
 * import { weightShape } from '@secateur/groups';
 * import { torchGruLayout } from '@secateur/pruner';
 *
 * // Two bidirectional layers: the second reads both directions of the first.
 * const dims = { embed: 5, a: 2, b: 2, c: 3, d: 3 };
 * const units = [['a', 'b'], ['c', 'd']] as const;
 * const layout = torchGruLayout({ input: 'embed', units, dims });
 * weightShape(layout, 'weight_ih_l1'); // => [9, 4]
 * weightShape(layout, 'weight_hh_l1_reverse'); // => [9, 3]
 * ```
 */
export function torchGruLayout(options: TorchLayoutOptions): Layout {
  const caller = 'torchGruLayout';
  checkOptions(caller, options, torchNames, argumentError);
  return torchLayout(caller, 'nn.GRU', 3, options);
}

function torchLayout(
  caller: string,
  module: string,
  gates: number,
  options: TorchLstmLayoutOptions,
): Layout {
  const { prefix = '', bias = true, dims } = options;
  const units = directionsOf(caller, module, 'units', options.units);
  // Without projections it is the units themselves that are read.
  const read = options.projections
    ? directionsOf(caller, module, 'projections', options.projections)
    : units;
  if (read.length !== units.length || read[0]!.length !== units[0]!.length) {
    throw weightsError(
      `${caller}: expected projections like units, found ${JSON.stringify(options.projections)} beside ${JSON.stringify(options.units)}; name one for each layer and direction.`,
    );
  }
  const weights: Record<string, WeightExpression> = {};
  let input = parseAxis(options.input, `${caller}: input`);
  units.forEach((layer, index) => {
    layer.forEach((dim, direction) => {
      const suffix = `_l${index}${direction === 1 ? '_reverse' : ''}`;
      const unit = dimensionAxis(dim);
      const state = dimensionAxis(read[index]![direction]!);
      const blocks = repeatAxis(gates, unit);
      const put = (kind: string, writes: AxisExpression, ...reads: AxisExpression[]): void => {
        weights[`${prefix}${kind}${suffix}`] = weightExpression([writes], '<-', reads);
      };
      put('weight_ih', blocks, input);
      put('weight_hh', blocks, state);
      if (read !== units) put('weight_hr', state, unit);
      if (!bias) return;
      put('bias_ih', blocks);
      put('bias_hh', blocks);
    });
    input = sumAxes(read[index]!.map(dimensionAxis));
  });
  return layoutOfWeights(weights, dims, caller);
}

/** The dimensions of each layer: one, or one for each direction in all of them. */
function directionsOf(
  caller: string,
  module: string,
  what: string,
  layers: TorchLayoutOptions['units'],
): string[][] {
  if (!Array.isArray(layers) || layers.length === 0) {
    throw weightsError(
      `${caller}: expected a dimension for each layer as ${what}, found none; pass for instance ${what}: ["h1", "h2"].`,
    );
  }
  const lists = (layers as TorchLayoutOptions['units']).map((layer) =>
    typeof layer === 'string' ? [layer] : [...layer],
  );
  const directions = lists[0]!.length;
  if (directions > 2 || lists.some((layer) => layer.length !== directions)) {
    throw weightsError(
      `${caller}: expected one dimension for each layer or a pair for each, found a mixture; ${module} is bidirectional in all layers or in none.`,
    );
  }
  return lists;
}
