import {
  equationsOf,
  gruCell,
  gruResetBeforeCell,
  lstmCell,
  rhnCell,
  type Cell,
} from '@secateur/kernels';
import { cellPrograms, listPrograms } from './programs.ts';

/**
 * The cells whose equations `scripts/cell-equations.ts` writes as code. The others are interpreted, which gives the same bits; the steps
 * then take some 3 % longer at 200 units and 10 % at 64. Each as code would add 1.3 kB to what a page loads.
 */
export const shippedCells: readonly Cell[] = [lstmCell, gruCell, gruResetBeforeCell, rhnCell];

let known: ReadonlyMap<string, number> | undefined;

/** The number of a cell's first program among those that are code, undefined where there is none for these equations. */
export function firstProgram(cell: Cell): number | undefined {
  known ??= firstPrograms();
  return known.get(equationsOf(cell));
}

function firstPrograms(): Map<string, number> {
  let next = 0;
  return new Map(
    shippedCells.map((cell) => {
      const first = next;
      next += listPrograms(cellPrograms(cell)).length;
      return [equationsOf(cell), first] as const;
    }),
  );
}
