import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { LayerDescription } from '@secateur/groups';
import { tensorsError } from '../error.ts';

/** Tensors or variables by the names of the weights. */
export type NamedTensors = Readonly<Record<string, Tensor>>;

/** What layers carry from one sequence to the next, `[batch, units]` each, by name: `lstm1/h`. */
export type NamedStates = Readonly<Record<string, Tensor2D>>;

/** What a training step adds to a forward pass. Without it nothing is dropped. */
export interface Training {
  /** Seed of this step, from which every layer that draws makes its own. */
  readonly seed: number;
  /** The words of the step, row by row, for layers that drop whole words. */
  readonly ids?: ArrayLike<number>;
}

/** How a layer or a network is applied. */
export interface ApplyOptions {
  /** States before the first step, of a layer all or none; zeros where left out. */
  readonly state?: NamedStates;
  /** Given in training only. */
  readonly training?: Training;
  /** Steps of each sequence without padding, for layers that read both ways; default all. */
  readonly lengths?: ArrayLike<number>;
}

/** What a layer or a network gives. */
export interface Applied<T extends Tensor = Tensor> {
  /** Its outputs. */
  readonly outputs: T;
  /** States after the last step, by name; of a layer without any, none. */
  readonly state: NamedStates;
}

/**
 * A layer: what its weights read and write, and what it computes from them. It holds no values, so that the weights of a whole, a
 * pruned or a loaded network run alike.
 */
export type Layer = LayerDescription & {
  /** The states that it carries on, by name, and the dimension of each. */
  readonly states: Readonly<Record<string, string>>;
  /** How many seeds it takes in a training step. */
  readonly draws: number;
  /** Computes its outputs from `x`. Other weights and states may be among those given. */
  apply(weights: NamedTensors, x: Tensor, options?: ApplyOptions): Applied;
};

/** The part of a step's training for a layer before which others take so many seeds. */
export function trainingAfter(
  training: Training | undefined,
  draws: number,
): { readonly training?: Training } {
  return training === undefined ? {} : { training: { ...training, seed: training.seed + draws } };
}

/** No states. */
export const stateless: NamedStates = {};

/** A weight by its name; an error that names those that are there when it is not. */
export function weightOf<T extends Tensor>(weights: NamedTensors, layer: string, name: string): T {
  if (Object.hasOwn(weights, name)) return weights[name] as T;
  throw tensorsError(
    `${layer}: expected a weight "${name}", found ${Object.keys(weights).join(', ') || 'none'}; pass the weights by the names of the layout.`,
  );
}
