// A plan tells `assembly/cell-plan.ts`, which knows no cell, what a cell's steps are: its words are described there. It is made once
// for a form and sizes, and moved to where tensors and scratch memory are at each call.
import type { Address } from '../simd/exports.ts';
import { type CellForm, SCRATCH } from './form.ts';
import type { Program } from './program.ts';

/** How large a cell is. */
export interface Sizes {
  readonly batch: number;
  readonly time: number;
  readonly input: number;
  readonly units: number;
  readonly depth: number;
}

/** A place in memory: so many bytes from something that has another address at each call, a tensor for instance. */
export interface Place {
  /** Its number among {@link Addresses}. */
  readonly base: number;
  readonly offset: number;
}

/** The addresses of one call: what a form calls its bases. */
export type Addresses = readonly Address[];

/** Where a slot lies, in bytes. */
export interface Slot {
  /** Which address it has at a repetition; by default the same function of step and repetition everywhere. */
  readonly kind?: (typeof KINDS)[number];
  readonly at: Place;
  /** From one sequence to the next. */
  readonly row: number;
  readonly step?: number;
  readonly level?: number;
  /** For a slot that is read where the step before left it: the address and the rows of the first. */
  readonly first?: Place;
  readonly firstRow?: number;
}

const KINDS = ['same', 'before', 'first', 'last', 'turns', 'other'] as const;

/** A product of a plan. */
export interface PlanProduct {
  readonly stage: number;
  /** The slot that it reads. */
  readonly reads: string;
  readonly blocks: number;
  /** Where its columns are packed, and the bytes between those of repetitions. */
  readonly packed: Place;
  readonly packedLevel: number;
  readonly out: Place;
  readonly add?: boolean;
  /** Its list, of `count` parts: see `assembly/cell-plan.ts`. */
  readonly parts: readonly Word[];
  readonly count: number;
}

type Word = number | Place;

/** All that a plan says. */
export interface PlanParts {
  readonly sizes: Sizes;
  readonly stages: readonly Program[];
  readonly tail?: Program;
  readonly slots: (name: string) => Slot;
  readonly products: readonly PlanProduct[];
  /** The floats of a row of the recurrent weights, and the bytes of a repetition. */
  readonly weights: readonly [number, number];
  /** The gradients of the blocks, the floats of a row, and the bytes of a step and of a repetition. */
  readonly dz?: readonly [Place, number, number, number];
}

/** A plan that is not in memory yet; it will lie at the beginning of scratch memory. */
export interface Plan {
  readonly words: Int32Array;
  /** The words that are addresses, with what they count from. */
  readonly moved: readonly (readonly [word: number, base: number])[];
  /** How a program is run: its number, and where its code lies. */
  readonly run: (program: Program) => readonly [kind: number, code: Place];
}

const NOWHERE: Place = { base: 0, offset: 0 };

/** Words before the lists of a plan. */
const HEADER = 21;

/** The most words that a plan of a form has: its lists, and of each product at most four words a block. */
export function mostWords({ programs, runnable, products }: CellForm): number {
  const code = [...runnable.values()].reduce((sum, each) => sum + each.code.length, 0);
  const parts = products.reduce((sum, { blocks }) => sum + 8 + 4 * blocks.length, 0);
  // A slot has seven words, and twice two for where it lies.
  return HEADER + 11 * programs.slots.length + 5 * programs.stages.length + parts + code;
}

/** Writes a plan. */
export function makePlan(form: CellForm, parts: PlanParts): Plan {
  const { programs, runnable } = form;
  const { sizes, products, slots } = parts;
  const words: number[] = new Array<number>(HEADER).fill(0);
  const moved: [number, number][] = [];
  const write = (at: number, word: Word): void => {
    words[at] = typeof word === 'number' ? word : word.offset;
    if (typeof word !== 'number' && word.base > 0) moved.push([at, word.base]);
  };
  const list = (values: readonly Word[]): Place => {
    const first = words.length;
    for (const value of values) write(words.length, value);
    return { base: SCRATCH, offset: 4 * first };
  };
  const codes = new Map<Program, Place>();
  for (const [program, { code }] of runnable) codes.set(program, list(code));
  const run: Plan['run'] = (program) => [runnable.get(program)!.kind, codes.get(program)!];

  const stages = parts.stages.flatMap((program, stage) => {
    const ofStage = products.filter((product) => product.stage === stage);
    const first = products.findIndex((product) => product.stage === stage);
    const work = ofStage.reduce((sum, { blocks }) => sum + blocks, 0);
    return [first, ofStage.length, work, ...run(program)];
  });
  const rows = products.flatMap(({ reads, blocks, packed, packedLevel, out, add, ...rest }) => {
    const place = programs.slots.indexOf(reads);
    return [place, blocks, packed, packedLevel, out, Number(add), list(rest.parts), rest.count];
  });
  const slotWords = programs.slots.flatMap((name) => {
    const { kind = 'same', at, row, step = 0, level = 0, ...before } = slots(name);
    const { first = NOWHERE, firstRow = 0 } = before;
    return [KINDS.indexOf(kind), at, row, step, level, first, firstRow];
  });
  const { length: count } = programs.slots;
  const slotCount = parts.dz === undefined ? programs.forwardSlots : programs.backwardSlots;
  const { batch, time, units, depth } = sizes;
  const weights = form.baseOf('weight recurrent');
  const recurrent = weights < 0 ? NOWHERE : { base: weights, offset: 0 };
  const header = [
    batch,
    time,
    units,
    depth,
    parts.stages.length,
    list(stages),
    list(rows),
    count,
    list(slotWords),
    list(new Array<number>(4 * count).fill(0)),
    parts.dz === undefined ? 0 : count - slotCount,
    slotCount,
    ...(parts.tail === undefined ? [-2, NOWHERE] : run(parts.tail)),
    recurrent,
    ...parts.weights,
    ...(parts.dz ?? [NOWHERE, 0, 0, 0]),
  ];
  header.forEach((word, at) => {
    write(at, word);
  });
  return { words: Int32Array.from(words), moved, run };
}

/** Puts a plan into memory. */
export function movePlan({ words, moved }: Plan, to: Int32Array, addresses: Addresses): void {
  to.set(words);
  for (const [word, base] of moved) to[word]! += addresses[base]!;
}

/** The address of a place. */
export const addressAt = ({ base, offset }: Place, addresses: Addresses): Address =>
  addresses[base]! + offset;
