import type { Prepared } from '../process/job.ts';
import { PAPER_PASS, passes, passName, type Pass, type StackedNetwork } from './stacked.ts';

/** Runs one case and gives its outputs. */
export type Forward = () => Promise<Float32Array> | Float32Array;

/** What the jobs of stacked networks are told. */
export interface StackedInput {
  readonly networks: readonly StackedNetwork[];
  /** Only batch 10 with the softmax, the pass that the paper times. */
  readonly paperOnly?: boolean;
}

/** Makes every pass of some networks ready; their outputs are `[batch, STEPS, width]`. */
export async function prepareStacked(
  { networks, paperOnly = false }: StackedInput,
  facts: Readonly<Record<string, unknown>>,
  make: (network: StackedNetwork) => (pass: Pass) => Promise<Forward> | Forward,
): Promise<Prepared> {
  const chosen = paperOnly ? [PAPER_PASS] : passes;
  const cases = networks.flatMap((network) => {
    const forward = make(network);
    return chosen.map((pass) => [passName(network.name, pass), () => forward(pass)] as const);
  });
  return prepareForwards(cases, facts);
}

/**
 * Makes every case ready. Their outputs are among the facts, at most 4,001 values of each spread evenly, so that the
 * contenders can be compared before they are timed.
 */
export async function prepareForwards(
  cases: readonly (readonly [name: string, make: () => Promise<Forward> | Forward])[],
  facts: Readonly<Record<string, unknown>>,
): Promise<Prepared> {
  const forwards: (readonly [string, Forward])[] = [];
  const outputs: Record<string, number[]> = {};
  for (const [name, make] of cases) {
    const forward = await make();
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
      // The first after a halt pays for cold caches and sleeping threads, which are no part of its time.
      await forwards[0]?.[1]();
      for (const [name, forward] of forwards) {
        const start = performance.now();
        await forward();
        times[name] = performance.now() - start;
      }
      return times;
    },
  };
}
