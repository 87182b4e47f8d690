import { tidy, type Tensor, type TensorContainer } from '@tensorflow/tfjs-core';

/** A tensor with the name of its variable: the list form in which tfjs hands gradients and state round. */
export interface NamedTensor {
  /** Name of the variable. */
  name: string;
  /** Its gradient or state. */
  tensor: Tensor;
}

/** `tidy` for results that tfjs's own type does not describe, such as an interface that holds tensors. */
export function tidyAll<T>(compute: () => T): T {
  return tidy(compute as () => TensorContainer) as T;
}
