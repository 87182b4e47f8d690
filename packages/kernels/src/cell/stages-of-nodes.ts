import { isSum, type Cell } from './cell.ts';

/**
 * By node, the stage that makes it, the sums of blocks among them; -1 for what waits for no product of the step.
 *
 * @example
 * ```ts
 * import { gruCell, stagesOfNodes } from '@secateur/kernels';
 *
 * // The part of the candidate that the reset gate weighs is there with the gates; what it makes of it is in the same stage.
 * const stages = stagesOfNodes(gruCell);
 * const made = gruCell.nodes.map(({ op, name }, at) => `${op} ${name} ${stages[at]}`);
 * made.filter((text) => text.startsWith('recurrent') || text.startsWith('state')); // => ['state h -1', 'recurrent n 0']
 * ```
 */
export function stagesOfNodes(cell: Cell): number[] {
  const stageOf = cell.nodes.map(({ op, name }) =>
    isSum(op) ? cell.stages.findIndex(({ blocks }) => blocks.includes(name!)) : -1,
  );
  cell.stages.forEach(({ nodes }, stage) => {
    for (const at of nodes) stageOf[at] = stage;
  });
  return stageOf;
}
