// What `src/cells/plan.ts` says of a recurrent cell: which products a stage has, which program follows them, and where everything lies.
import { equations } from './cell-equations';
import { interpret } from './cell-interpreter';
import { unitChunks } from './gemm';
import { floats } from './vector';

/*
 * Words of a plan: sizes, where its lists lie, which slots it needs, the program at the end, then the recurrent weights: their
 * address, how far their rows are apart and, in bytes, their repetitions; then the gradients of the blocks: their address, how far
 * rows, steps and repetitions are apart.
 */
export const BATCH: i32 = 0;
export const TIME: i32 = 1;
export const UNITS: i32 = 2;
export const DEPTH: i32 = 3;
export const STAGES: i32 = 4;
const STAGE_LIST: i32 = 5;
const PRODUCT_LIST: i32 = 6;
const SLOTS: i32 = 7;
const SLOT_LIST: i32 = 8;
const TABLES: i32 = 9;
const FIRST_SLOT: i32 = 10;
const OWN_SLOTS: i32 = 11;
export const TAIL: i32 = 12;
export const TAIL_CODE: i32 = 13;
export const WEIGHTS: i32 = 14;
export const WEIGHTS_ROW: i32 = 15;
export const WEIGHTS_LEVEL: i32 = 16;
export const DZ: i32 = 17;
export const DZ_ROW: i32 = 18;
export const DZ_STEP: i32 = 19;
export const DZ_LEVEL: i32 = 20;

/* Words of a stage: its first product and how many it has, how many blocks they have, its program and the code of that. */
const STAGE_SIZE: i32 = 5;

/*
 * Words of a product: the slot that it reads, its blocks, where its columns are packed and how far repetitions of those are apart,
 * where its result goes and whether it is added there; then a list and its length. Forward that has the first column of each block,
 * in bytes; back it has for neighbouring blocks their first columns among the gradients and in the weights, in bytes, their columns,
 * and where they are packed.
 */
const PRODUCT_SIZE: i32 = 8;

/* Words of a slot: its kind, its address, the bytes between rows, steps and repetitions, and for {@link BEFORE} two of the first. */
const SLOT_SIZE: i32 = 7;
/** A slot that is where the step or repetition before left it. */
const BEFORE: i32 = 1;
/** One that is empty but at the first repetition. */
const FIRST: i32 = 2;
/** One that is empty but at the last repetition. */
const LAST: i32 = 3;
/** One of two that take turns. */
const TURNS: i32 = 4;
/** The other one. */
const OTHER: i32 = 5;

/** A program that does nothing. */
export const NOTHING: i32 = -2;
/** A program that is interpreted. */
const INTERPRETED: i32 = -1;

// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
export function word(from: usize, index: i32): i32 {
  return load<i32>(from + (<usize>index << 2));
}

// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
export function wordAddress(from: usize, index: i32): usize {
  return load<usize>(from + (<usize>index << 2));
}

// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
export function stageOf(plan: usize, stage: i32): usize {
  return wordAddress(plan, STAGE_LIST) + floats(stage * STAGE_SIZE);
}

// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
export function productOf(plan: usize, index: i32): usize {
  return wordAddress(plan, PRODUCT_LIST) + floats(index * PRODUCT_SIZE);
}

// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
export function tableOf(plan: usize, repetition: i32): usize {
  return wordAddress(plan, TABLES) + floats((repetition & 1) * 2 * word(plan, SLOTS));
}

/** Writes where the slots lie that a plan needs, at a repetition. */
export function resolveAll(plan: usize, repetition: i32): void {
  resolve(plan, repetition, word(plan, FIRST_SLOT), word(plan, OWN_SLOTS));
}

/** Writes where some slots lie at a repetition, counted through all steps: for each its address and the bytes between rows. */
export function resolve(plan: usize, repetition: i32, skipped: i32, count: i32): void {
  const depth = word(plan, DEPTH);
  const step = repetition / depth;
  const level = repetition % depth;
  const before = repetition - 1;
  let to = tableOf(plan, repetition) + (<usize>skipped << 3);
  let slot = wordAddress(plan, SLOT_LIST) + floats(SLOT_SIZE * skipped);
  for (; count > 0; count--) {
    const kind = word(slot, 0);
    const first = wordAddress(slot, 1);
    let at = first + step * word(slot, 3) + level * word(slot, 4);
    let row = word(slot, 2);
    if (kind == BEFORE) {
      at = first + (before / depth) * word(slot, 3) + (before % depth) * word(slot, 4);
      if (repetition == 0) {
        at = wordAddress(slot, 5);
        row = word(slot, 6);
      }
    } else if ((kind == FIRST && level > 0) || (kind == LAST && level < depth - 1)) {
      at = 0;
    } else if (kind >= TURNS) {
      at = first + ((repetition + i32(kind == OTHER)) & 1) * word(slot, 3);
    }
    store<usize>(to, at);
    store<i32>(to, row, 4);
    to += 8;
    slot += floats(SLOT_SIZE);
  }
}

export function run(kind: i32, code: usize, slots: usize, rows: i32, from: i32, to: i32): void {
  if (kind == NOTHING) return;
  if (kind == INTERPRETED) interpret(code, slots, rows, from, to);
  else equations(kind, slots, rows, from, to);
}

/** How many ranges of units a stage is cut into. */
export function chunksOf(plan: usize, stage: i32): i32 {
  const units = word(plan, UNITS);
  const work = <i64>word(plan, BATCH) * units * units * word(stageOf(plan, stage), 2);
  return unitChunks(work, units);
}
