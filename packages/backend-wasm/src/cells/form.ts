// What a cell is to the kernels, before any sizes: found once for each cell and order of its blocks.
import {
  biasNames,
  blockOrder,
  cellGradient,
  savedBy,
  stagesOfNodes,
  type Cell,
  type Saved,
} from '@secateur/kernels';
import { inputNames } from '@secateur/backend/kernels';
import { encode } from './interpret.ts';
import type { Program } from './program.ts';
import { cellPrograms, listPrograms, type CellPrograms } from './programs.ts';
import { firstProgram } from './shipped.ts';

/** A program as the kernels run it: the number of a function, or -1 and code for the interpreter; -2 is nothing to do. */
interface Runnable {
  readonly kind: number;
  readonly code: readonly number[];
}

/** Neighbouring blocks of columns. */
interface Run {
  /** The first block's place among all blocks. */
  readonly all: number;
  /** Its place in the weights. */
  readonly inWeights: number;
  /** How many there are. */
  readonly count: number;
}

/** A product of a stage. */
interface FormProduct {
  /** Its blocks, in the order of the cell. */
  readonly blocks: string;
  readonly stage: number;
  /** Its blocks as they lie in the recurrent weights. */
  readonly runs: readonly Run[];
}

/** A cell with its blocks in some order. */
export interface CellForm {
  readonly cell: Cell;
  readonly programs: CellPrograms;
  readonly runnable: ReadonlyMap<Program, Runnable>;
  /** What it saves. */
  readonly saved: Saved;
  /** All blocks, those of `kernel` and those of `recurrent`, as their columns lie. */
  readonly orders: { readonly all: string; readonly input: string; readonly recurrent: string };
  readonly products: readonly FormProduct[];
  /** The names of its biases. */
  readonly biases: ReturnType<typeof biasNames>;
  /** The blocks of `kernel` as they lie there. */
  readonly inputRuns: readonly Run[];
  /** What its places count from after {@link FIXED_BASES}: what each is, and its name. */
  readonly bases: readonly (readonly [kind: string, name: string])[];
  /** The number of one of them, `weight kernel` for instance. */
  readonly baseOf: (base: string) => number;
  /** Whether each block's input can lie where an activation goes that takes its place no sooner than it is read. */
  readonly inputsInPlace: boolean;
}

/** What places of every cell count from; nothing is at address 0. */
const FIXED_BASES = ['nothing', 'scratch', 'y', 'activations', 'saved', 'dy'] as const;

/** Scratch memory among them. */
export const SCRATCH = 1;

const known = new WeakMap<Cell, Map<string | undefined, CellForm>>();

/** The form of a cell with its blocks in some order, by default its own. */
export function formOf(cell: Cell, order?: string): CellForm {
  const ofCell = known.get(cell) ?? new Map<string | undefined, CellForm>();
  const existing = ofCell.get(order);
  if (existing !== undefined) return existing;
  const form = makeForm(cell, order ?? cell.blocks.map(({ name }) => name).join(''));
  known.set(cell, ofCell.set(order, form));
  return form;
}

function makeForm(cell: Cell, order: string): CellForm {
  const programs = cellPrograms(cell);
  const first = firstProgram(cell);
  const runnable = listPrograms(programs).map((program, k): [Program, Runnable] => {
    if (program.stores.length === 0) return [program, { kind: -2, code: [] }];
    if (first !== undefined) return [program, { kind: first + k, code: [] }];
    return [program, { kind: -1, code: encode(program, programs) }];
  });
  const saved = savedBy(cell, cellGradient(cell), order);
  const orders = { all: order, ...blockOrder(cell, order) };
  const stageOf = (name: string): number =>
    cell.stages.findIndex(({ blocks }) => blocks.includes(name));
  const stagesOf = stagesOfNodes(cell);
  const laterOrNow = (place: number, block: string): boolean =>
    stagesOf[saved.activations[place]!]! >= stageOf(block);
  const bases = [
    ...inputNames(cell),
    ...Object.keys(cell.settings).map((name) => ['setting', name] as const),
    ...cell.states.map((name) => ['dstate', name] as const),
  ];
  const names = [...FIXED_BASES, ...bases.map(([kind, name]) => `${kind} ${name}`)];
  return {
    cell,
    programs,
    runnable: new Map(runnable),
    saved,
    orders,
    products: cell.stages.flatMap((stage, k) =>
      stage.products.map(({ blocks }): FormProduct => {
        return { blocks, stage: k, runs: runsOf(blocks, orders.all, orders.recurrent) };
      }),
    ),
    biases: biasNames(cell),
    inputRuns: runsOf(orders.input, orders.all, orders.input),
    bases,
    baseOf: (base) => names.indexOf(base),
    inputsInPlace:
      orders.input.length <= saved.activations.length &&
      [...orders.input].every((block, place) => laterOrNow(place, block)),
  };
}

/** Some blocks as runs of neighbours in both orders. */
function runsOf(blocks: string, all: string, part: string): Run[] {
  const runs: { all: number; inWeights: number; count: number }[] = [];
  [...part].forEach((name, place) => {
    if (!blocks.includes(name)) return;
    const last = runs.at(-1);
    const at = all.indexOf(name);
    if (last !== undefined && last.all + last.count === at && last.inWeights + last.count === place)
      last.count++;
    else runs.push({ all: at, inWeights: place, count: 1 });
  });
  return runs;
}
