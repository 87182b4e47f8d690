/**
 * Clock of the core in GHz, from a chain of integer operations each of which waits for the one before and takes one
 * cycle: four additions and four exclusive ors a turn, beside which the turn itself takes no time. The best of several trials, because whatever else runs on
 * the core only makes it slower.
 */
export function measureClock(): number {
  const turns = 16e6;
  let best = 0;
  let kept = 1;
  for (let trial = 0; trial < 12; trial++) {
    const start = performance.now();
    kept ^= chain(turns, kept | 1, trial | 3);
    const nanoseconds = (performance.now() - start) * 1e6;
    best = Math.max(best, (turns * 8) / nanoseconds);
  }
  // The result is looked at, so that no compiler may leave the chain out.
  return Number.isInteger(kept) ? best : NaN;
}

function chain(turns: number, y: number, z: number): number {
  let x = y;
  for (let i = 0; i < turns; i++) {
    x = ((x + y) | 0) ^ z;
    x = ((x + y) | 0) ^ z;
    x = ((x + y) | 0) ^ z;
    x = ((x + y) | 0) ^ z;
  }
  return x;
}

/**
 * Floating-point operations a cycle of a core with two units for the fused multiply-add of four lanes, as processors
 * with AVX2 or NEON have. Plain SIMD, whose multiplication and addition are two instructions, cannot reach all of it.
 */
export const FLOPS_PER_CYCLE = 16;
