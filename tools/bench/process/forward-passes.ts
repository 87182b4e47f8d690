import type { Prepared } from './job.ts';

/** Runs one case and gives its outputs. */
export type Forward = () => Promise<Float32Array> | Float32Array;

/**
 * Makes every case ready. Their outputs are among the facts, at most 4,001 values of each spread evenly, so that the
 * contenders can be compared before they are timed.
 */
export async function prepareForwards<Case>(
  cases: readonly Case[],
  nameOf: (one: Case) => string,
  facts: Readonly<Record<string, unknown>>,
  make: (one: Case) => Promise<Forward> | Forward,
): Promise<Prepared> {
  const forwards: (readonly [string, Forward])[] = [];
  const outputs: Record<string, number[]> = {};
  for (const one of cases) {
    const forward = await make(one);
    const name = nameOf(one);
    const values = await forward();
    // A stride that shares no factor with the widths, so that every unit and step is looked at.
    const stride = Math.max(1, Math.floor(values.length / 4001)) | 1;
    outputs[name] = Array.from(values.filter((_, i) => i % stride === 0));
    forwards.push([name, forward]);
  }
  return {
    facts: { ...facts, outputs },
    async round() {
      const times: Record<string, number> = {};
      for (const [name, forward] of forwards) {
        const start = performance.now();
        await forward();
        times[name] = performance.now() - start;
      }
      return times;
    },
  };
}
