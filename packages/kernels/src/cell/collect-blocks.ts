import { shown } from '@secateur/input';
import { checkExpression, refusal } from './check-cell.ts';
import type { Expression } from './expression.ts';

/** How the equations use a block. */
export interface BlockUse {
  /** Whether they take the sum of its parts. */
  whole: boolean;
  /** Whether they take the input's part alone. */
  input: boolean;
  /** Whether they take the recurrent part alone. */
  recurrent: boolean;
  /** What its recurrent part reads, each time that the equations name it. */
  readonly reads: Expression[];
  /** What is added to its sum. */
  shift?: Expression;
}

/** Finds how equations use each of the blocks; throws where they do so in two ways, or not at all. */
export function collectBlocks(
  cell: string,
  equations: readonly Expression[],
  letters: readonly string[],
): Map<string, BlockUse> {
  const uses = new Map<string, BlockUse>();
  const seen = new Set<Expression>();
  const visit = (expression: Expression): void => {
    if (seen.has(expression)) return;
    seen.add(expression);
    checkExpression(cell, expression);
    if ('of' in expression) expression.of.forEach(visit);
    if (!('block' in expression)) return;
    if (!letters.includes(expression.block)) {
      const wanted = `the equations of ${shown(cell)} to use the blocks ${letters.join(', ')}`;
      throw refusal(wanted, shown(expression.block), 'declare it among blocks');
    }
    record(cell, uses, expression);
    if ('read' in expression) visit(expression.read);
  };
  equations.forEach(visit);
  const idle = letters.find((letter) => !uses.has(letter));
  if (idle !== undefined) {
    const wanted = `the states of ${shown(cell)} to depend on the block ${shown(idle)}`;
    throw refusal(
      wanted,
      'no use of it',
      `write gate(${shown(idle)}, ...) or leave it out of blocks`,
    );
  }
  return uses;
}

type BlockExpression = Extract<Expression, { readonly block: string }>;

function record(cell: string, uses: Map<string, BlockUse>, expression: BlockExpression): void {
  const { op, block } = expression;
  const first = !uses.has(block);
  const use = uses.get(block) ?? { whole: false, input: false, recurrent: false, reads: [] };
  uses.set(block, use);
  if (!first && use.whole !== (op === 'gate')) {
    const wanted = `the block ${shown(block)} of ${shown(cell)} to be taken whole or in parts`;
    throw refusal(wanted, 'both', 'write gate(...), or input(...) and recurrent(...)');
  }
  if (op === 'gate') use.whole = true;
  else use[op] = true;
  if (op === 'input') return;
  use.reads.push(expression.read);
  if (op === 'recurrent') return;
  const { shift } = expression;
  if (shift !== undefined && shift.op !== 'setting' && shift.op !== 'constant') {
    const wanted = `what is added to the block ${shown(block)} of ${shown(cell)} to be a number or a setting`;
    throw refusal(wanted, `${shift.op}`, 'use add(gate(...), ...)');
  }
  if (!first && JSON.stringify(use.shift) !== JSON.stringify(shift)) {
    const wanted = `one number to be added to the block ${shown(block)} of ${shown(cell)}`;
    throw refusal(wanted, 'two', 'use add(gate(...), ...)');
  }
  if (shift !== undefined) use.shift = shift;
}
