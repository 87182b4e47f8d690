import type { NamedAttrMap } from '@tensorflow/tfjs-core';
import type { Draw, Input, NumberType } from './draw.ts';

/** One call of a kernel. */
export interface Call {
  /** Inputs by name; names of kernels that take a list are its places. */
  readonly inputs: Readonly<Record<string, Input>>;
  readonly attrs?: Readonly<Record<string, unknown>>;
}

/** What a kernel gives: a tensor. */
export interface Output {
  readonly shape: readonly number[];
  readonly dtype: NumberType;
  readonly values: ArrayLike<number>;
}

/** How a kernel of TensorFlow.js is compared. */
export interface Entry {
  /** The kernel's name. */
  readonly kernel: string;
  /** Makes a call of some type and sizes. */
  readonly make: (draw: Draw) => Call;
  /** How many calls; 60 when left out. */
  readonly calls?: number;
  /**
   * What the kernel should give, computed in float64 by its definition. Where it is left out, what the cpu backend gives.
   */
  readonly expected?: (call: Call) => readonly Output[];
  /** Names of the inputs for which gradients are compared with the cpu backend's. */
  readonly gradients?: readonly string[];
  /** Whether TensorFlow.js can compute the gradients of a call; it can when this is left out. */
  readonly hasGradient?: (call: Call) => boolean;
  /** Relative and absolute tolerance; 2e-6 and 1e-6 when left out. */
  readonly rtol?: number;
  readonly atol?: number;
  /** Whether the sign of a zero counts. */
  readonly zeroSigns?: boolean;
}

/** An entry with a definition in float64. */
export interface DefinedEntry extends Entry {
  readonly expected: (call: Call) => readonly Output[];
}

/** The attributes as the kernel takes them. */
export const attrsOf = ({ attrs = {} }: Call): NamedAttrMap => attrs as NamedAttrMap;
