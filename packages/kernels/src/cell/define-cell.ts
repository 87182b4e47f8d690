import { shown } from '@secateur/input';
import type { KernelError } from '../error.ts';
import type { BiasForm, Block, Cell } from './cell.ts';
import {
  checkAllUsed,
  checkDeclaration,
  checkEquations,
  checkRepeats,
  refusal,
} from './check-cell.ts';
import type { Expression } from './expression.ts';
import { collectBlocks, type BlockUse } from './collect-blocks.ts';
import { graphFrom, type Graph } from './graph.ts';
import { stagesOf } from './stages.ts';

/** Options of {@link defineCell}. */
export interface CellDeclaration<
  State extends string = string,
  Mask extends string = never,
  Parameter extends string = never,
  Setting extends string = never,
> {
  /** The cell's name, `lstm` for instance. */
  readonly name: string;
  /** What the cell carries from step to step. */
  readonly states: readonly State[];
  /** The state that is its output; by default the first. */
  readonly output?: NoInfer<State>;
  /** The blocks of columns of its weights, one lower-case letter each: `ifgo`. */
  readonly blocks: string;
  /**
   * Its biases: `input` (the default) adds one to the product of the input, `recurrent` one to that of the state, `both` one to
   * each, `none` none.
   */
  readonly bias?: BiasForm;
  /** Whether a step runs the equations several times, with recurrent weights of their own and the input at the first only. */
  readonly repeats?: boolean;
  /** Weights `[units]` that the equations take beside the products, peepholes for instance. */
  readonly parameters?: readonly Parameter[];
  /** Constants `[batch, units]` that stay the same over all steps, for variational dropout. */
  readonly masks?: readonly Mask[];
  /** Numbers that a user may set, with their defaults. */
  readonly settings?: Readonly<Record<Setting, number>>;
  /** The order of the blocks in the weights of other frameworks. */
  readonly orders?: Readonly<Record<string, string>>;
  /** The equations: from all that was named above, the states before, to the states after. */
  readonly equations: (
    values: Readonly<Record<State | Mask | Parameter | Setting, Expression>>,
  ) => Readonly<Record<NoInfer<State>, Expression>>;
}

/**
 * Makes a cell from its equations. Gradients, kernels, layout and references follow from it.
 *
 * @throws {@link KernelError} when a name is missing, stands twice, is not used or not known, or when a block is read in two
 * ways.
 *
 * @example
 * ```ts
 * import { add, defineCell, gate, mul, sigmoid, sub, tanh } from '@secateur/kernels';
 *
 * const minimal = defineCell({
 *   name: 'minimal gated unit',
 *   states: ['h'],
 *   blocks: 'fn',
 *   equations: ({ h }) => {
 *     const f = sigmoid(gate('f', h));
 *     const n = tanh(gate('n', mul(f, h)));
 *     return { h: add(mul(sub(1, f), h), mul(f, n)) };
 *   },
 * });
 * minimal.stages.map((stage) => stage.blocks); // => ['f', 'n']
 * ```
 */
export function defineCell<
  const State extends string,
  const Mask extends string = never,
  const Parameter extends string = never,
  const Setting extends string = never,
>(declaration: CellDeclaration<State, Mask, Parameter, Setting>): Cell {
  checkDeclaration(declaration);
  const { name, bias = 'input', repeats = false } = declaration;
  // Copies: what the caller does to its arrays later must not change the cell.
  const states = [...declaration.states];
  const masks = [...(declaration.masks ?? [])];
  const parameters = [...(declaration.parameters ?? [])];
  const settings = { ...declaration.settings } as Record<string, number>;
  const orders = { ...declaration.orders };
  const { output = states[0]! } = declaration;
  const given = Object.fromEntries([
    ...named('state', states),
    ...named('mask', masks),
    ...named('parameter', parameters),
    ...named('setting', Object.keys(settings)),
  ]) as Record<State | Mask | Parameter | Setting, Expression>;
  const returned: Readonly<Record<string, Expression>> = declaration.equations(given);
  checkEquations(name, states, returned);

  const letters = [...declaration.blocks];
  const uses = collectBlocks(
    name,
    states.map((state) => returned[state]!),
    letters,
  );
  const graph = graphFrom();
  const placed = placer(name, graph, new Set(Object.keys(given)));
  const next = states.map((state) => [state, placed(returned[state]!)] as const);
  const blocks = letters.map((letter): Block => blockOf(letter, uses.get(letter)!));
  checkRepeats(name, repeats, blocks);
  const taken = [...graph.nodes.map((node) => node.name), ...blocks.map((block) => block.shift)];
  checkAllUsed(name, [...masks, ...parameters, ...Object.keys(settings)], new Set(taken));
  const reads = new Map(
    letters.flatMap((letter) => {
      const nodesRead = new Set(uses.get(letter)!.reads.map(placed));
      if (nodesRead.size > 1) throw readTwice(name, letter);
      return [...nodesRead].map((read) => [letter, read] as const);
    }),
  );
  const staged = stagesOf(graph.nodes, blocks, reads, new Map(next));
  return {
    name,
    states,
    output,
    blocks,
    bias,
    repeats,
    parameters,
    masks,
    settings,
    orders,
    ...staged,
  };
}

function named(
  op: 'state' | 'mask' | 'parameter' | 'setting',
  names: readonly string[],
): (readonly [string, Expression])[] {
  return names.map((name) => [name, { op, name }] as const);
}

function blockOf(name: string, { input, recurrent, whole, shift }: BlockUse): Block {
  const block = {
    name,
    input: whole || input,
    recurrent: whole || recurrent,
    split: input && recurrent,
  };
  if (shift === undefined) return block;
  return {
    ...block,
    shift: shift.op === 'constant' ? shift.value : (shift as { name: string }).name,
  };
}

/** Finds the node of an expression, and makes it and its operands where they are new. */
function placer(
  cell: string,
  graph: Graph,
  names: ReadonlySet<string>,
): (expression: Expression) => number {
  const known = new Map<Expression, number>();
  const place = (expression: Expression): number => {
    switch (expression.op) {
      case 'constant':
        return graph.constant(expression.value);
      case 'state':
      case 'mask':
      case 'parameter':
      case 'setting':
        if (!names.has(expression.name)) throw foreign(cell, expression.name, names);
        return graph.leaf(expression.op, expression.name);
      case 'gate':
      case 'recurrent':
        placed(expression.read);
        return graph.leaf(expression.op, expression.block);
      case 'input':
        return graph.leaf('input', expression.block);
      default:
        return graph.apply(expression.op, ...expression.of.map(placed));
    }
  };
  const placed = (expression: Expression): number => {
    const at = known.get(expression) ?? place(expression);
    known.set(expression, at);
    return at;
  };
  return placed;
}

function readTwice(cell: string, block: string): KernelError {
  const wanted = `the block ${shown(block)} of ${shown(cell)} to read one value`;
  return refusal(wanted, 'two', 'take the same value, or declare a second block');
}

function foreign(cell: string, name: string, names: ReadonlySet<string>): KernelError {
  const wanted = `the equations of ${shown(cell)} to take only ${[...names].join(', ')}`;
  return refusal(wanted, shown(name), 'take the values that the equations are given');
}
