import {
  dispose,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Variable,
} from '@tensorflow/tfjs-core';
import { denseLayout, type DenseLayoutOptions, type Layout } from '@secateur/groups';
import { cellVariables, type WeightSource } from './cell-variables.ts';
import { dense } from './dense.ts';

/** What {@link denseCell} is told. */
export interface DenseCellOptions extends DenseLayoutOptions {
  /** First values of `name/kernel` and `name/bias`. */
  readonly init: WeightSource;
}

/** A dense layer with its variables. */
export interface DenseCell {
  /** The weights by name, which is also the variables' name. */
  readonly variables: Readonly<Record<string, Variable>>;
  /** Which dimensions the axes of the weights read and write. */
  readonly layout: Layout;
  /** Maps the last axis of `x [..., input]` to `[..., output]`. */
  call(x: Tensor): Tensor;
  /** Releases the variables. */
  dispose(): void;
}

/** Makes a dense layer that owns the variables `name/kernel` and, unless `bias` is false, `name/bias`. */
export function denseCell(options: DenseCellOptions): DenseCell {
  const { init, ...described } = options;
  const { name } = described;
  const layout = denseLayout(described);
  const variables = cellVariables('denseCell', layout, init);
  const kernel = variables[`${name}/kernel`] as Variable as Tensor2D;
  const bias = variables[`${name}/bias`] as Tensor1D | undefined;
  return {
    variables,
    layout,
    call: (x) => dense(x, kernel, bias),
    dispose: () => dispose({ ...variables }),
  };
}
