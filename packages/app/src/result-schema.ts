import type { BackendDescription } from '@secateur/backend';
import { z } from 'zod';

/** Names of dimensions or packages with a value for each. */
const record = <T extends z.ZodType>(value: T) => z.record(z.string(), value).readonly();

/** What every finished run leaves in `result.json` beside the figures of its networks, for a schema of the whole. */
export const resultSchemas = {
  /** Largest difference of a logit between the unpruned network and the pruned one, read back in a new process. */
  maxAbsDiff: z.number(),
  /** Components removed, by dimension. */
  removed: record(z.number()),
  /** Dense milliseconds over pruned milliseconds. */
  speedup: z.number(),
  backend: z.string(),
  seed: z.number(),
  lambda: z.number(),
  /** What the network might cost in the end, a share or a number of multiply-adds; null when lambda was given. */
  targetMacs: z.number().nullable().default(null),
  epochs: z.number(),
  trainingSeconds: z.number(),
  versions: record(z.string()),
};

type Facts = z.infer<z.ZodObject<typeof resultSchemas>>;

/** Those of {@link resultSchemas} that every application finds in the same places. */
export function resultFacts(
  settings: Pick<Facts, 'seed' | 'lambda' | 'targetMacs' | 'epochs'>,
  backend: BackendDescription,
  removed: Readonly<Record<string, readonly number[]>>,
  { denseMs, prunedMs }: { readonly denseMs: number; readonly prunedMs: number },
): Omit<Facts, 'maxAbsDiff' | 'trainingSeconds'> {
  const { seed, lambda, targetMacs, epochs } = settings;
  return {
    ...{ seed, lambda, targetMacs, epochs },
    removed: Object.fromEntries(Object.entries(removed).map(([dim, gone]) => [dim, gone.length])),
    speedup: denseMs / prunedMs,
    backend: backend.name,
    versions: { ...backend.versions, node: process.version },
  };
}
