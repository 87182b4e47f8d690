import type { Optimizer, Tensor, Variable } from '@tensorflow/tfjs-core';
import type { RowColumnFactors } from '@secateur/backend/kernels';

/** All that one weight needs for a step. */
export interface WeightStep {
  /** The weight's name. */
  readonly name: string;
  /** The weight. */
  readonly weight: Variable;
  /** The gradient of the loss; undefined when the loss does not reach the weight, which then stays as it is. */
  readonly gradient: Tensor | undefined;
  /** Factors of the penalty's gradient; undefined when there is none. */
  readonly factors: RowColumnFactors | undefined;
  /** Every `|w|` below it becomes 0 after the step; 0 for none. */
  readonly threshold: number;
}

/** Gives a variable a new value, which is then disposed. */
export function replace(variable: Variable, value: Tensor): void {
  variable.assign(value);
  value.dispose();
}

/** Tells whether an optimizer takes its steps as `kind` does: no subclass, mixin or spy has put another in its place. */
export function stepsLike(optimizer: Optimizer, kind: { readonly prototype: Optimizer }): boolean {
  const applied: unknown = Reflect.get(optimizer, 'applyGradients');
  return applied === Reflect.get(kind.prototype, 'applyGradients');
}
