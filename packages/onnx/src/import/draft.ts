import type { NodeProto } from 'onnx-buf';
import type { NamedArray } from '@secateur/groups';
import type { RecurrentPart } from './recurrent.ts';

/** A dimension while the graph is being read; two may turn out to be one. */
export interface Dim {
  /** What it is called, until two names meet. */
  readonly name: string;
  readonly size: number;
  /** The dimension that this one was found equal to. */
  same: Dim | undefined;
}

/** A dimension of its own. */
export const newDim = (name: string, size: number): Dim => ({ name, size, same: undefined });

/** The first of all that are one. */
export function rootOf(dim: Dim): Dim {
  return dim.same === undefined ? dim : rootOf(dim.same);
}

/** States that two dimensions of one size are one. */
export function unify(a: Dim, b: Dim): void {
  const [first, second] = [rootOf(a), rootOf(b)];
  if (first !== second) second.same = first;
}

/** A layer as the graph has it, before it becomes a description. */
export type Draft =
  | {
      readonly kind: 'embedding';
      readonly name: string;
      readonly table: NamedArray;
      /** The constant that it is. */
      readonly origin: string;
      readonly vocab: Dim;
      readonly width: Dim;
    }
  | RecurrentDraft
  | {
      readonly kind: 'bidirectional';
      readonly forward: RecurrentDraft;
      readonly backward: RecurrentDraft;
    }
  | DenseDraft;

/** A recurrent layer of one direction. */
export interface RecurrentDraft {
  readonly kind: 'recurrent';
  readonly name: string;
  readonly part: RecurrentPart;
  readonly input: readonly Dim[];
  readonly units: Dim;
  readonly reverse: boolean;
  /** Whether its sequences have lengths. */
  readonly lengths: boolean;
  /** The node that it comes from, for messages. */
  readonly node: NodeProto;
}

/** A product with a matrix. */
export interface DenseDraft {
  readonly kind: 'dense';
  readonly name: string;
  /** `[input, output]`, or nothing where it is the table of the embedding. */
  readonly kernel: NamedArray | undefined;
  readonly bias: NamedArray | undefined;
  readonly input: readonly Dim[];
  readonly output: Dim;
  /** The name of the table that it shares. */
  readonly tiedTo: string | undefined;
}

/** An axis of a value. The first two of the network's input are told apart by the first recurrent layer. */
export type AxisName = 'first' | 'second' | 'direction' | 'features' | 'rows';

/** A value on the way from the input to the output. */
export interface Value {
  /** The layers that it went through. */
  readonly layers: readonly Draft[];
  readonly axes: readonly AxisName[];
  /** The dimensions side by side on the axis of the features; none for word ids. */
  readonly features: readonly Dim[];
  /** How many directions the axis of the directions has. */
  readonly directions: number;
  /** Which two axes became rows, where they did. */
  readonly rows?: readonly AxisName[] | undefined;
  /** Whether only the last step is left, on which dense layers go on as on every step. */
  readonly last?: boolean;
  /** What was done with the outputs of the last layer; nothing can come after it. */
  readonly outputs?: 'softmax' | 'logSoftmax';
  /** The value that the last layer read, by which two directions know each other. */
  readonly before: Value | undefined;
}
