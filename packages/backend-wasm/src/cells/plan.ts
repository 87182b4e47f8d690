// A plan tells `assembly/cell-steps.ts`, which knows no cell, what a cell's steps are: its words are described there.
import type { Address } from '../simd/exports.ts';
import { bitsOf } from './interpret.ts';
import type { CellForm } from './form.ts';
import type { Program } from './programs.ts';

/** How large a cell is. */
export interface Sizes {
  readonly batch: number;
  readonly time: number;
  readonly input: number;
  readonly units: number;
  readonly depth: number;
}

/** Where a slot lies, in bytes. */
export interface Slot {
  /** Which address it has at a repetition; by default the same function of step and repetition everywhere. */
  readonly kind?: (typeof KINDS)[number];
  readonly at: Address;
  /** From one sequence to the next. */
  readonly row: number;
  readonly step?: number;
  readonly level?: number;
  /** For a slot that is read where the step before left it: the address and the rows of the first. */
  readonly first?: Address;
  readonly firstRow?: number;
}

const KINDS = ['same', 'before', 'first', 'last', 'turns', 'other'] as const;

/** A product of a plan; the words of `parts` are those of `assembly/cell-steps.ts`. */
export interface PlanProduct {
  readonly stage: number;
  readonly reads: string;
  readonly blocks: number;
  readonly packed: Address;
  readonly packedLevel: number;
  readonly out: Address;
  readonly add?: boolean;
  readonly parts: readonly number[];
  readonly count: number;
}

/** All that a plan says. */
export interface PlanParts {
  readonly sizes: Sizes;
  readonly stages: readonly Program[];
  readonly tail?: Program;
  readonly slots: (name: string) => Slot;
  readonly products: readonly PlanProduct[];
  /** Address of the recurrent weights, floats of a row and bytes of a repetition. */
  readonly weights: readonly [Address, number, number];
  /** Address of the gradients of the blocks, floats of a row, bytes of a step and of a repetition. */
  readonly dz?: readonly [Address, number, number, number];
}

/** A plan in memory. */
export interface Plan {
  readonly at: Address;
  /** Where the code of a program lies, 0 if it needs none. */
  readonly codeAt: (program: Program) => Address;
}

const HEADER = 19;

/** How many words a plan of a cell has at most. */
export function planWords({ programs, runnable, products }: CellForm): number {
  const code = [...runnable.values()].reduce((sum, each) => sum + each.code.length, 0);
  const parts = products.reduce((sum, { blocks }) => sum + 8 + 4 * blocks.length, 0);
  return HEADER + (7 + 4) * programs.slots.length + 5 * programs.stages.length + parts + code;
}

/** Writes a plan into `words`, which lie at the address `at`. */
export function writePlan(form: CellForm, parts: PlanParts, words: Int32Array, at: Address): Plan {
  const { programs, runnable } = form;
  const { sizes, products } = parts;
  let next = HEADER;
  const list = (values: readonly number[]): Address => {
    const address = at + 4 * next;
    for (const value of values) words[next++] = value;
    return address;
  };
  const codes = new Map<Program, Address>();
  for (const [program, { code }] of runnable)
    codes.set(program, code.length === 0 ? 0 : list(code));
  const codeAt = (program: Program): Address => codes.get(program)!;
  const run = (program: Program): number[] => [runnable.get(program)!.kind, codeAt(program)];

  const stages = parts.stages.flatMap((program, stage) => {
    const own = products.filter((product) => product.stage === stage);
    const first = products.findIndex((product) => product.stage === stage);
    const work = own.reduce((sum, { blocks }) => sum + blocks, 0);
    return [first, own.length, work, ...run(program)];
  });
  const rows = products.flatMap(
    ({ reads, blocks, packed, packedLevel, out, add = false, ...rest }) => {
      const place = programs.slots.indexOf(reads);
      const result = [place, blocks, packed, packedLevel, out, Number(add)];
      return [...result, list(rest.parts), rest.count];
    },
  );
  const slots = programs.slots.flatMap((name) => {
    const {
      kind = 'same',
      at,
      row,
      step = 0,
      level = 0,
      first = 0,
      firstRow = 0,
    } = parts.slots(name);
    return [KINDS.indexOf(kind), at, row, step, level, first, firstRow];
  });
  const { batch, time, units, depth } = sizes;
  const header = [
    ...[batch, time, units, depth, parts.stages.length],
    ...[list(stages), list(rows), programs.slots.length, list(slots), at + 4 * next],
    ...(parts.tail === undefined ? [-2, 0] : run(parts.tail)),
    ...parts.weights,
    ...(parts.dz ?? [0, 0, 0, 0]),
  ];
  words.set(header);
  return { at, codeAt };
}

/** A slot that holds a number. */
export const numberSlot = (value: number): Slot => ({ at: bitsOf(value), row: 0 });
