// Recurrent cells over whole sequences. What is here knows no cell but follows a plan (`cell-plan.ts`): for each stage of each
// repetition of a step there is one job of the threads, in which a range of units gets its products and, while they are in the first
// cache, its equations.
import { blockDepth } from './blocks';
import {
  BATCH,
  chunksOf,
  DEPTH,
  productOf,
  resolveAll,
  run,
  stageOf,
  STAGES,
  tableOf,
  TIME,
  UNITS,
  WEIGHTS,
  WEIGHTS_LEVEL,
  WEIGHTS_ROW,
  word,
  wordAddress,
} from './cell-plan';
import { chunkStart } from './gemm';
import { packPanels, PANEL } from './pack';
import { gatesWidth, gemmPacked, packedSize } from './packed';
import { argument, nextChunk, offer, setArgument } from './pool';
import { rowProduct } from './row-product';
import { CELL_FORWARD } from './tasks';
import { floats } from './vector';

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
