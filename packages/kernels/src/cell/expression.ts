// What the equations of a cell are written with. Each function makes a plain object that names its operands; `defineCell`
// turns them into a list of nodes.
import { shown } from '@secateur/input';
import { cellError } from '../error.ts';

/** A value of one unit at one step. */
export type Expression =
  | { readonly op: 'state' | 'mask' | 'parameter' | 'setting'; readonly name: string }
  | { readonly op: 'constant'; readonly value: number }
  | {
      readonly op: 'gate' | 'recurrent';
      readonly block: string;
      readonly read: Expression;
      readonly shift?: Expression | undefined;
    }
  | { readonly op: 'input'; readonly block: string }
  | { readonly op: UnaryOp; readonly of: readonly [Expression] }
  | { readonly op: BinaryOp; readonly of: readonly [Expression, Expression] };

/** An operation on one value. */
export type UnaryOp = 'sigmoid' | 'tanh' | 'relu';

/** An operation on two values. */
export type BinaryOp = 'add' | 'sub' | 'mul';

/** What an equation takes: an expression, or a number that stands for itself. */
export type Operand = Expression | number;

/**
 * What goes into a gate or candidate: `x K + read R + b`, with the columns of `block` of each weight. `shift`, a number or a
 * setting, is added to it; it is there for initial biases that are no weight, and may be folded into the bias.
 */
export function gate(block: string, read: Operand, shift?: Operand): Expression {
  const of = { block, read: operand('gate', read) };
  return shift === undefined
    ? { op: 'gate', ...of }
    : { op: 'gate', ...of, shift: operand('gate', shift) };
}

/** The input's part of a block alone: `x K + b`. A repeated cell has it at its first repetition, later it is 0. */
export function input(block: string): Expression {
  return { op: 'input', block };
}

/** The recurrent part of a block alone: `read R`, with the recurrent bias where the cell has one. */
export function recurrent(block: string, read: Operand): Expression {
  return { op: 'recurrent', block, read: operand('recurrent', read) };
}

/** `a + b`. */
export function add(a: Operand, b: Operand): Expression {
  return { op: 'add', of: [operand('add', a), operand('add', b)] };
}

/** `a - b`. */
export function sub(a: Operand, b: Operand): Expression {
  return { op: 'sub', of: [operand('sub', a), operand('sub', b)] };
}

/** `a * b`. */
export function mul(a: Operand, b: Operand): Expression {
  return { op: 'mul', of: [operand('mul', a), operand('mul', b)] };
}

/** The logistic sigmoid, `1 / (1 + exp(-x))`. */
export function sigmoid(x: Operand): Expression {
  return { op: 'sigmoid', of: [operand('sigmoid', x)] };
}

/** The hyperbolic tangent. */
export function tanh(x: Operand): Expression {
  return { op: 'tanh', of: [operand('tanh', x)] };
}

/** `x` where it is above 0, else 0. */
export function relu(x: Operand): Expression {
  return { op: 'relu', of: [operand('relu', x)] };
}

function operand(caller: string, value: Operand): Expression {
  if (typeof value === 'number' && Number.isFinite(value)) return { op: 'constant', value };
  if (typeof value === 'object' && 'op' in ((value as object | null) ?? {})) return value;
  throw cellError(
    `${caller}: expected an expression or a finite number, found ${shown(value)}; take the values that the equations are given.`,
  );
}
