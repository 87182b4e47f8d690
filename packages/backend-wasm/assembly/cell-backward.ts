// The way back through the sequences of a recurrent cell, stage by stage as forward, and what its products read at all steps, which the
// gradients of their weights need.
import {
  BATCH,
  chunksOf,
  DEPTH,
  DZ,
  DZ_LEVEL,
  DZ_ROW,
  DZ_STEP,
  NOTHING,
  productOf,
  resolve,
  resolveAll,
  run,
  stageOf,
  STAGES,
  tableOf,
  TAIL,
  TAIL_CODE,
  TIME,
  UNITS,
  WEIGHTS,
  WEIGHTS_LEVEL,
  WEIGHTS_ROW,
  word,
  wordAddress,
} from './cell-plan';
import { chunkStart } from './gemm';
import { gemmPacked, packPart } from './packed';
import { argument, nextChunk, offer, setArgument } from './pool';
import { CELL_BACKWARD } from './tasks';
import { floats } from './vector';

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
