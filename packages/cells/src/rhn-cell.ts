import { dispose, type Tensor2D, type Tensor3D, type Variable } from '@tensorflow/tfjs-core';
import { rhnLayout, type Layout, type RhnLayoutOptions } from '@secateur/groups';
import { cellVariables, recurrentWeights, type WeightSource } from './cell-variables.ts';
import { checkFinite } from './check.ts';
import { rhn, type RhnOptions, type RhnResult } from './rhn.ts';

/** What {@link rhnCell} is told. */
export interface RhnCellOptions extends RhnLayoutOptions, Pick<RhnOptions, 'transformBias'> {
  /** First values of `name/kernel`, `name/recurrent` and `name/bias`. */
  readonly init: WeightSource;
}

/** A Recurrent Highway Network with its variables. */
export interface RhnCell {
  /** The weights by name, which is also the variables' name. */
  readonly variables: Readonly<Record<string, Variable>>;
  /** Which dimensions the axes of the weights read and write. */
  readonly layout: Layout;
  /** Runs over `x [batch, time, input]`, from `state` `[batch, units]` or from zeros; `mask` as in {@link RhnOptions}. */
  call(x: Tensor3D, state?: Tensor2D, options?: Pick<RhnOptions, 'mask'>): RhnResult;
  /** Releases the variables. */
  dispose(): void;
}

/** Makes a Recurrent Highway Network that owns the variables `name/kernel`, `name/recurrent` and `name/bias`. */
export function rhnCell(options: RhnCellOptions): RhnCell {
  const { name, input, units, depth, dims, init, transformBias = 0 } = options;
  checkFinite('rhnCell', 'transformBias', transformBias);
  const layout = rhnLayout({ name, input, units, depth, dims });
  const variables = cellVariables('rhnCell', layout, init);
  const weights = recurrentWeights(variables, name);
  return {
    variables,
    layout,
    call: (x, state, { mask } = {}) => rhn(x, weights, state, { transformBias, mask }),
    dispose: () => dispose({ ...variables }),
  };
}
