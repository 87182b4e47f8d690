// A cell as data. Everything here is plain and survives JSON.

/** What a node computes. Slopes are taken of the value of the nonlinearity; `upstream` and `back` occur in gradients. */
export type NodeOp =
  | 'state'
  | 'mask'
  | 'parameter'
  | 'setting'
  | 'constant'
  | 'gate'
  | 'input'
  | 'recurrent'
  | 'add'
  | 'sub'
  | 'mul'
  | 'sigmoid'
  | 'tanh'
  | 'relu'
  | 'sigmoidSlope'
  | 'tanhSlope'
  | 'reluSlope'
  | 'upstream'
  | 'back';

/**
 * One value of one unit at one step. A list of nodes is evaluated from its first to its last. Those without operands are
 * leaves: they are read where they are needed.
 */
export interface Node {
  /** What it computes. */
  readonly op: NodeOp;
  /** Which earlier nodes it takes, by their places in the list. */
  readonly args: readonly number[];
  /**
   * Of what: the name of a state, mask, parameter or setting, the letter of a block; for `upstream` the state whose gradient
   * it is, for `back` the blocks through whose product a gradient comes back.
   */
  readonly name?: string;
  /** The value of a constant. */
  readonly value?: number;
}

/**
 * Whether a node is what a block gets from its products, whole or in part.
 *
 * @example
 * ```ts
 * import { gruCell, isSum } from '@secateur/kernels';
 *
 * // The reset gate weighs a part of the candidate's sum, so that its two parts are nodes of their own.
 * const sums = gruCell.nodes.filter(({ op }) => isSum(op)).map(({ op, name }) => `${op} ${name}`);
 * sums.sort(); // => ['gate r', 'gate z', 'input n', 'recurrent n']
 * ```
 */
export const isSum = (op: NodeOp): boolean => op === 'gate' || op === 'input' || op === 'recurrent';

/** Columns of the weights that belong together: one for each unit. */
export interface Block {
  /** One letter. */
  readonly name: string;
  /** Whether it has columns in `kernel`. */
  readonly input: boolean;
  /** Whether it has columns in `recurrent`. */
  readonly recurrent: boolean;
  /** Whether the equations take its two parts one by one, not their sum. */
  readonly split: boolean;
  /** What is added to its sum, a number or the name of a setting. */
  readonly shift?: number | string;
}

/** A product with columns of `recurrent`. */
export interface Product {
  /** The node that it reads: a matrix `[batch, units]`. */
  readonly read: number;
  /** The blocks whose columns it multiplies, letter by letter in the order of the cell. */
  readonly blocks: string;
}

/** What can be computed once the products of the stages before are known. */
export interface Stage {
  /** Its products. */
  readonly products: readonly Product[];
  /** The blocks whose sums it has. */
  readonly blocks: string;
  /** The operations that it evaluates after its products, in order; leaves are not among them. */
  readonly nodes: readonly number[];
}

/** Which bias a cell has: one with the input's part, one with the recurrent part, both or none. */
export type BiasForm = 'input' | 'recurrent' | 'both' | 'none';

/** All of {@link BiasForm}. */
export const BIAS_FORMS: readonly BiasForm[] = ['input', 'recurrent', 'both', 'none'];

/** A recurrent cell: what one step does to its states, as a list of operations on each unit. */
export interface Cell {
  /** Its name, `lstm` for instance. */
  readonly name: string;
  /** What it carries from step to step, `[batch, units]` each. */
  readonly states: readonly string[];
  /** The state that is its output. */
  readonly output: string;
  /** The blocks of columns of its weights, in the order of its own weights. */
  readonly blocks: readonly Block[];
  /** Which biases it has. */
  readonly bias: BiasForm;
  /** Whether a step runs it several times, each with recurrent weights of its own and the input at the first only. */
  readonly repeats: boolean;
  /** Weights `[units]` that the equations take beside the products. */
  readonly parameters: readonly string[];
  /** Constants `[batch, units]`, the same at all steps; ones when they are not given. */
  readonly masks: readonly string[];
  /** Numbers, with what they are when they are not given. */
  readonly settings: Readonly<Record<string, number>>;
  /** The order of the blocks in the weights of other frameworks, where it is known. */
  readonly orders: Readonly<Record<string, string>>;
  /** The equations. */
  readonly nodes: readonly Node[];
  /** The operations that depend on no product of the step; they are evaluated first. */
  readonly start: readonly number[];
  /** The rest, stage after stage. */
  readonly stages: readonly Stage[];
  /** The node of each state after the step. */
  readonly next: Readonly<Record<string, number>>;
}
