import { prepareForwards, type Forward } from '../process/forward-passes.ts';
import type { Prepared } from '../process/job.ts';
import { caseName, casesOf, type InferCase, type Network } from './networks.ts';

/** What the jobs of `infer` are told. */
export interface InferInput {
  readonly networks: readonly Network[];
  /** Only batch 10 with the softmax, the case that the paper times. */
  readonly paperOnly?: boolean;
}

/** Makes every case of the given networks ready; their outputs are `[batch, STEPS, width]`. */
export function prepareCases(
  input: InferInput,
  facts: Readonly<Record<string, unknown>>,
  make: (one: InferCase) => Promise<Forward> | Forward,
): Promise<Prepared> {
  return prepareForwards(casesOf(input.networks, input.paperOnly), caseName, facts, make);
}
