import {
  dispose,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  type Variable,
} from '@tensorflow/tfjs-core';
import { blockOrder, gruCell as definition } from '@secateur/kernels';
import { gruLayout, type GruLayoutOptions, type Layout } from '@secateur/groups';
import { cellVariables, recurrentWeights, type WeightSource } from './cell-variables.ts';
import { gru, type GruOptions, type GruResult } from './gru.ts';

/** What {@link gruCell} is told. */
export interface GruCellOptions extends GruLayoutOptions, GruOptions {
  /** First values of `name/kernel`, `name/recurrent`, `name/bias` and, with `resetAfter`, `name/recurrentBias`. */
  readonly init: WeightSource;
}

/** A GRU with its variables. */
export interface GruCell {
  /** The weights by name, which is also the variables' name. */
  readonly variables: Readonly<Record<string, Variable>>;
  /** Which dimensions the axes of the weights read and write. */
  readonly layout: Layout;
  /** Runs over `x [batch, time, input]`, from `state` `[batch, units]` or from zeros. */
  call(x: Tensor3D, state?: Tensor2D): GruResult;
  /** Releases the variables. */
  dispose(): void;
}

/**
 * Makes a GRU that owns the variables `name/kernel`, `name/recurrent`, `name/bias` and, with `resetAfter`,
 * `name/recurrentBias`.
 */
export function gruCell(options: GruCellOptions): GruCell {
  const { name, input, units, dims, init, gates = 'zrn', resetAfter = true } = options;
  blockOrder(definition, gates);
  const layout = gruLayout({ name, input, units, resetAfter, dims });
  const variables = cellVariables('gruCell', layout, init);
  const recurrentBias = variables[`${name}/recurrentBias`] as Tensor1D | undefined;
  const weights = { ...recurrentWeights(variables, name), recurrentBias };
  return {
    variables,
    layout,
    call: (x, state) => gru(x, weights, state, { gates, resetAfter }),
    dispose: () => dispose({ ...variables }),
  };
}
