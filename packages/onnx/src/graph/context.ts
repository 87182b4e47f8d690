import type { NodeProto, TensorProto, TypeProto } from 'onnx-buf';
import type { Axis } from './span.ts';
import type { Literal, Tie, Value, Weight } from './value.ts';

/** A recurrent node that was understood, with the units of each direction. */
interface RecurrentNode {
  readonly label: string;
  readonly node: NodeProto;
  /** Inputs that are zeros, which the node would take by itself. */
  readonly zeros: readonly { readonly at: number; readonly value: Value }[];
  readonly units: readonly Axis[];
}

/** A place in the file that declares the shape of a value. */
interface DeclaredShape {
  readonly value: Value;
  readonly type: TypeProto;
  /** What it is of the whole graph, if it is. */
  readonly end?: { readonly kind: 'input' | 'output'; readonly name: string };
}

/** What is known of a model while its graph is being followed. */
export interface Context {
  /** Version of the standard operators. */
  readonly opset: number;
  /** Inputs of the graph that recurrent nodes take their first states from, and that may change their size. */
  readonly stateInputs: ReadonlySet<string>;
  /** All inputs that recurrent nodes take their first states from, as this pass finds them. */
  readonly foundStates: Set<string>;
  readonly weights: Weight[];
  readonly literals: Literal[];
  readonly ties: Tie[];
  readonly recurrent: RecurrentNode[];
  /** Recurrent nodes that no rule fits, with the reason. */
  readonly strangers: string[];
  readonly shapes: DeclaredShape[];
  /** Every value, in the order in which the graph gives them. */
  readonly values: Value[];
  /** Constants that are inputs of recurrent nodes with two directions. */
  readonly directional: ReadonlySet<string>;
  /** The literals of each constant of whole numbers. */
  readonly known: Map<TensorProto, readonly Literal[]>;
}

/** One call of an operator. */
export interface Call {
  readonly context: Context;
  readonly node: NodeProto;
  /** How messages call the node: `"name" (LSTM)`. */
  readonly label: string;
  /** The node's own name, or that of its first output. */
  readonly name: string;
  /** The inputs, undefined where one is left out. */
  readonly inputs: readonly (Value | undefined)[];
  /** The declared shape of an output. */
  readonly declared: (output: string) => readonly (number | undefined)[] | undefined;
  /** Follows a graph inside the node; gives its outputs. */
  readonly body: (
    attribute: string,
    inputs?: (names: readonly string[]) => Value[],
  ) => Value[] | undefined;
}

/** What an operator gives, one value for each output, or undefined when the call is not as the rule expects. */
export type Rule = (call: Call) => Value[] | undefined;

/** A rule and which inputs it takes as numbers; numbers at other inputs may not change. */
export interface RuleEntry {
  readonly rule: Rule;
  readonly numbers: readonly number[] | 'all';
}
