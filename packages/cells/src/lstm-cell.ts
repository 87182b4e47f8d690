import { dispose, type Tensor3D, type Variable } from '@tensorflow/tfjs-core';
import { blockOrder, lstmCell as definition } from '@secateur/kernels';
import { lstmLayout, type Layout, type LstmLayoutOptions } from '@secateur/groups';
import { cellVariables, recurrentWeights, type WeightSource } from './cell-variables.ts';
import { lstm, type LstmOptions, type LstmResult, type LstmState } from './lstm.ts';

/** What {@link lstmCell} is told. */
export interface LstmCellOptions extends LstmLayoutOptions, LstmOptions {
  /** First values of `name/kernel`, `name/recurrent` and `name/bias`. */
  readonly init: WeightSource;
}

/** An LSTM with its variables. */
export interface LstmCell {
  /** The weights by name, which is also the variables' name. */
  readonly variables: Readonly<Record<string, Variable>>;
  /** Which dimensions the axes of the weights read and write. */
  readonly layout: Layout;
  /** Runs over `x [batch, time, input]`, from `state` or from zeros. */
  call(x: Tensor3D, state?: LstmState): LstmResult;
  /** Releases the variables. */
  dispose(): void;
}

/** Makes an LSTM that owns the variables `name/kernel`, `name/recurrent` and `name/bias`. */
export function lstmCell(options: LstmCellOptions): LstmCell {
  const { name, input, units, dims, init, gates = 'ifgo', forgetBias = 0 } = options;
  blockOrder(definition, gates);
  const layout = lstmLayout({ name, input, units, dims });
  const variables = cellVariables('lstmCell', layout, init);
  const weights = recurrentWeights(variables, name);
  return {
    variables,
    layout,
    call: (x, state) => lstm(x, weights, state, { gates, forgetBias }),
    dispose: () => dispose({ ...variables }),
  };
}
