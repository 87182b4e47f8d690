import { prepareForwards, type Forward } from '../process/forward-passes.ts';
import type { Prepared } from '../process/job.ts';
import { caseName, casesOf, networks, networkName, type InferCase } from './networks.ts';

/** What the jobs of `infer` are told. */
export interface InferInput {
  /** Names of the networks. */
  readonly networks: readonly string[];
}

/** Makes every case of the given networks ready; their outputs are `[batch, STEPS, width]`. */
export function prepareCases(
  input: InferInput,
  facts: Readonly<Record<string, unknown>>,
  make: (one: InferCase) => Promise<Forward> | Forward,
): Promise<Prepared> {
  const chosen = networks.filter((network) => input.networks.includes(networkName(network)));
  return prepareForwards(casesOf(chosen), caseName, facts, make);
}
