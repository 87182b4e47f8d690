import {
  dimensionAxis,
  layoutOfWeights,
  parseAxis,
  repeatAxis,
  sumAxes,
  weightExpression,
  type Layout,
  type RecurrentLayoutOptions,
} from '@secateur/groups';
import { checkOptions } from '@secateur/input';
import { argumentError } from '../pruner-error.ts';

/** Options of {@link tf1LstmLayout}. */
export interface Tf1LstmLayoutOptions extends Omit<RecurrentLayoutOptions, 'depth'> {
  /** Names of the two variables in the scope; by default `weights` and `biases`, later versions say `kernel` and `bias`. */
  readonly variables?: readonly [weights: string, biases: string];
}

/**
 * TensorFlow 1's `BasicLSTMCell`: one matrix `weights` `[input + units, 4 units]`, input rows first, and `biases`
 * `[4 units]`. Blocks of gates come in the order i, j, f, o; the layout is the same for any order.
 *
 * @example
 * ```ts
 * import { layoutShapes } from '@secateur/groups';
 * import { tf1LstmLayout } from '@secateur/pruner';
 *
 * const dims = { embed: 2, h1: 3 };
 * const layout = tf1LstmLayout({ name: 'rnn/cell', input: 'embed', units: 'h1', dims });
 * layoutShapes(layout); // => { 'rnn/cell/weights': [5, 12], 'rnn/cell/biases': [12] }
 * ```
 */
export function tf1LstmLayout(options: Tf1LstmLayoutOptions): Layout {
  const caller = 'tf1LstmLayout';
  const names = { name: true, input: true, units: true, dims: true, variables: true } as const;
  checkOptions(caller, options, names, argumentError);
  const { name, input, units, dims, variables = ['weights', 'biases'] } = options;
  const unit = dimensionAxis(units);
  const blocks = [repeatAxis(4, unit)];
  const rows = sumAxes([parseAxis(input, `${caller}: input`), unit]);
  const weights = {
    [`${name}/${variables[0]}`]: weightExpression([rows], '->', blocks),
    [`${name}/${variables[1]}`]: weightExpression([], '->', blocks),
  };
  return layoutOfWeights(weights, dims, caller);
}
