// Recurrent cells over whole sequences, forward and back. What is here knows no cell: a plan (`src/cells/plan.ts`) says which
// products a stage has, which program follows them, and where everything lies. For each stage of each repetition of a step there is
// one job of the threads, in which a range of units gets its products and, while they are in the first cache, its equations.
import { blockDepth } from './blocks';
import { equations } from './cell-equations';
import { interpret } from './cell-interpreter';
import { chunkStart, unitChunks } from './gemm';
import { packPanels, PANEL } from './pack';
import { gatesWidth, gemmPacked, packedSize, packPart } from './packed';
import { argument, nextChunk, offer, setArgument } from './pool';
import { rowProduct } from './row-product';
import { CELL_BACKWARD, CELL_FORWARD } from './tasks';
import { floats } from './vector';

/*
 * Words of a plan: sizes, where its lists lie, which slots it needs, the program at the end, then the recurrent weights: their
 * address, how far their rows are apart and, in bytes, their repetitions; then the gradients of the blocks: their address, how far
 * rows, steps and repetitions are apart.
 */
const BATCH: i32 = 0;
const TIME: i32 = 1;
const UNITS: i32 = 2;
const DEPTH: i32 = 3;
const STAGES: i32 = 4;
const STAGE_LIST: i32 = 5;
const PRODUCT_LIST: i32 = 6;
const SLOTS: i32 = 7;
const SLOT_LIST: i32 = 8;
const TABLES: i32 = 9;
const FIRST_SLOT: i32 = 10;
const OWN_SLOTS: i32 = 11;
const TAIL: i32 = 12;
const TAIL_CODE: i32 = 13;
const WEIGHTS: i32 = 14;
const WEIGHTS_ROW: i32 = 15;
const WEIGHTS_LEVEL: i32 = 16;
const DZ: i32 = 17;
const DZ_ROW: i32 = 18;
const DZ_STEP: i32 = 19;
const DZ_LEVEL: i32 = 20;

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
const NOTHING: i32 = -2;
/** A program that is interpreted. */
const INTERPRETED: i32 = -1;

// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function word(from: usize, index: i32): i32 {
  return load<i32>(from + (<usize>index << 2));
}

// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function wordAddress(from: usize, index: i32): usize {
  return load<usize>(from + (<usize>index << 2));
}

// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function stageOf(plan: usize, stage: i32): usize {
  return wordAddress(plan, STAGE_LIST) + floats(stage * STAGE_SIZE);
}

// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function productOf(plan: usize, index: i32): usize {
  return wordAddress(plan, PRODUCT_LIST) + floats(index * PRODUCT_SIZE);
}

// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
function tableOf(plan: usize, repetition: i32): usize {
  return wordAddress(plan, TABLES) + floats((repetition & 1) * 2 * word(plan, SLOTS));
}

/** Writes where the slots lie that a plan needs, at a repetition. */
function resolveAll(plan: usize, repetition: i32): void {
  resolve(plan, repetition, word(plan, FIRST_SLOT), word(plan, OWN_SLOTS));
}

/** Writes where some slots lie at a repetition, counted through all steps: for each its address and the bytes between rows. */
function resolve(plan: usize, repetition: i32, skipped: i32, count: i32): void {
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

function run(kind: i32, code: usize, slots: usize, rows: i32, from: i32, to: i32): void {
  if (kind == NOTHING) return;
  if (kind == INTERPRETED) interpret(code, slots, rows, from, to);
  else equations(kind, slots, rows, from, to);
}

/** How many ranges of units a stage is cut into. */
function chunksOf(plan: usize, stage: i32): i32 {
  const units = word(plan, UNITS);
  const work = <i64>word(plan, BATCH) * units * units * word(stageOf(plan, stage), 2);
  return unitChunks(work, units);
}

/** All steps of a cell, whose plan this is. */
export function cellForward(plan: usize): void {
  const stages = word(plan, STAGES);
  const count = word(plan, TIME) * word(plan, DEPTH);
  for (let repetition = 0; repetition < count; repetition++) {
    resolveAll(plan, repetition);
    for (let stage = 0; stage < stages; stage++) {
      setArgument(0, <i32>plan);
      setArgument(1, stage);
      setArgument(2, repetition);
      const chunks = chunksOf(plan, stage);
      for (let chunk = offer(CELL_FORWARD, chunks); chunk >= 0; chunk = nextChunk()) {
        cellForwardChunk(chunk, chunks);
      }
    }
  }
}

/** A range of units at one stage. */
export function cellForwardChunk(chunk: i32, chunks: i32): void {
  const plan = <usize>(<u32>argument(0));
  const repetition = argument(2);
  const batch = word(plan, BATCH);
  const units = word(plan, UNITS);
  const from = chunkStart(chunk, chunks, units);
  const to = chunkStart(chunk + 1, chunks, units);
  if (from == to) return;
  const slots = tableOf(plan, repetition);
  const stage = stageOf(plan, argument(1));
  for (let k = 0; k < word(stage, 1); k++) {
    multiply(plan, productOf(plan, word(stage, 0) + k), slots, repetition, from, to);
  }
  run(word(stage, 3), wordAddress(stage, 4), slots, batch, from, to);
}

/** A product for a range of units, in panels: eight columns of each of its blocks, then the next eight of each. */
function multiply(
  plan: usize,
  product: usize,
  slots: usize,
  repetition: i32,
  from: i32,
  to: i32,
): void {
  const batch = word(plan, BATCH);
  const units = word(plan, UNITS);
  const depth = word(plan, DEPTH);
  const level = repetition % depth;
  const read = slots + (<usize>word(product, 0) << 3);
  const a = load<usize>(read);
  const lda = load<i32>(read, 4) >> 2;
  const blocks = word(product, 1);
  const width = gatesWidth(units, blocks);
  const out = wordAddress(product, 4);
  if (batch == 1 && word(plan, TIME) == 1) {
    // Columns that are used once need not be packed.
    const columns = wordAddress(product, 6);
    const ld = word(plan, WEIGHTS_ROW);
    const weights = wordAddress(plan, WEIGHTS) + level * word(plan, WEIGHTS_LEVEL) + floats(from);
    for (let block = 0; block < blocks; block++) {
      const panels = out + floats(blocks * from + block * PANEL);
      const own = weights + word(columns, block);
      rowProduct(units, blockDepth(units), to - from, a, own, ld, panels, blocks, false);
    }
    return;
  }
  const packed = wordAddress(product, 2) + level * word(product, 3);
  // At the first step each range of units packs its part of the weights, for itself and the steps that follow.
  if (repetition < depth) packColumns(plan, product, level, from, to, packed);
  const end = gatesWidth(to, blocks);
  gemmPacked(batch, width, units, blocks * from, end, a, lda, packed, out, width, false);
}

/** Packs eight columns of each block of a product, then the next eight of each, so that a range of units is one of panels. */
function packColumns(
  plan: usize,
  product: usize,
  level: i32,
  from: i32,
  to: i32,
  out: usize,
): void {
  const units = word(plan, UNITS);
  const ld = word(plan, WEIGHTS_ROW);
  const blocks = word(product, 1);
  const columns = wordAddress(product, 6);
  const weights = wordAddress(plan, WEIGHTS) + level * word(plan, WEIGHTS_LEVEL);
  const deep = blockDepth(units);
  for (let p = 0; p < units; p += deep) {
    const depth = min(deep, units - p);
    let panel = out + floats(depth * blocks * from);
    for (let unit = from; unit < to; unit += PANEL) {
      const row = weights + floats(p * ld + unit);
      for (let block = 0; block < blocks; block++) {
        const first = row + word(columns, block);
        packPanels(first, ld, false, depth, min(PANEL, units - unit), panel);
        panel += floats(depth * PANEL);
      }
    }
    out += packedSize(depth, gatesWidth(units, blocks));
  }
}

/** All steps of a cell back. */
export function cellBackward(plan: usize): void {
  const last = word(plan, STAGES) - 1;
  const count = word(plan, TIME) * word(plan, DEPTH);
  // A last job only carries the gradients on to the first states.
  for (let repetition = count - 1; repetition >= -1; repetition--) {
    if (repetition >= 0) resolveAll(plan, repetition);
    for (let stage = last; stage >= 0; stage--) {
      const through = stage == last ? 0 : stage + 1;
      setArgument(0, <i32>plan);
      setArgument(1, repetition < 0 ? -1 : stage);
      setArgument(2, repetition);
      // What is gone back through first: the first stage of the repetition after this, else the stage after this one.
      setArgument(3, through);
      setArgument(4, stage == last ? repetition + 1 : repetition);
      const chunks = chunksOf(plan, through);
      for (let chunk = offer(CELL_BACKWARD, chunks); chunk >= 0; chunk = nextChunk()) {
        cellBackwardChunk(chunk, chunks);
      }
      if (repetition < 0) return;
    }
  }
}

/** A range of units on the way back through the products of one stage and the equations of another. */
export function cellBackwardChunk(chunk: i32, chunks: i32): void {
  const plan = <usize>(<u32>argument(0));
  const own = argument(1);
  const repetition = argument(2);
  const after = argument(4);
  const batch = word(plan, BATCH);
  const units = word(plan, UNITS);
  const count = word(plan, TIME) * word(plan, DEPTH);
  const from = chunkStart(chunk, chunks, units);
  const to = chunkStart(chunk + 1, chunks, units);
  if (from == to) return;
  if (after < count) {
    const through = stageOf(plan, argument(3));
    for (let k = 0; k < word(through, 1); k++) {
      goBack(plan, productOf(plan, word(through, 0) + k), after, from, to);
    }
    if (after != repetition) {
      const slots = tableOf(plan, after);
      run(word(plan, TAIL), wordAddress(plan, TAIL_CODE), slots, batch, from, to);
    }
  }
  if (own < 0) return;
  const stage = stageOf(plan, own);
  run(word(stage, 3), wordAddress(stage, 4), tableOf(plan, repetition), batch, from, to);
}

/** What comes back to a range of units through a product of a repetition. */
function goBack(plan: usize, product: usize, repetition: i32, from: i32, to: i32): void {
  const units = word(plan, UNITS);
  const depth = word(plan, DEPTH);
  const step = repetition / depth;
  const level = repetition % depth;
  const weights = wordAddress(plan, WEIGHTS) + level * word(plan, WEIGHTS_LEVEL);
  const dz = wordAddress(plan, DZ) + step * word(plan, DZ_STEP) + level * word(plan, DZ_LEVEL);
  const ld = word(plan, WEIGHTS_ROW);
  const out = wordAddress(product, 4);
  let add = word(product, 5) != 0;
  let part = wordAddress(product, 6);
  for (let k = word(product, 7); k > 0; k--) {
    const width = word(part, 2);
    const packed = wordAddress(part, 3) + level * word(product, 3);
    // Where it is the first with these weights, each range of units packs its part of them.
    if (step == word(plan, TIME) - 1) {
      packPart(weights + word(part, 1), ld, true, width, units, from, to, packed);
    }
    // prettier-ignore
    gemmPacked(word(plan, BATCH), units, width, from, to, dz + word(part, 0), word(plan, DZ_ROW), packed, out, units, add);
    add = true;
    part += 16;
  }
}

/**
 * What a product reads at the first `steps` steps of a repetition, evaluated by a program or, without one, copied from a slot to
 * `out [steps, batch, units]`.
 */
export function cellReads(
  plan: usize,
  level: i32,
  steps: i32,
  kind: i32,
  code: usize,
  slot: i32,
  out: usize,
): void {
  const batch = word(plan, BATCH);
  const units = word(plan, UNITS);
  for (let step = 0; step < steps; step++) {
    const repetition = step * word(plan, DEPTH) + level;
    const slots = tableOf(plan, repetition);
    if (kind != NOTHING) {
      resolveAll(plan, repetition);
      run(kind, code, slots, batch, 0, units);
      continue;
    }
    resolve(plan, repetition, slot, 1);
    const from = load<usize>(slots + (<usize>slot << 3));
    const row = load<i32>(slots + (<usize>slot << 3), 4);
    for (let b = 0; b < batch; b++) {
      memory.copy(out, from + b * row, floats(units));
      out += floats(units);
    }
  }
}
