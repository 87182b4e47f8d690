import { parseJson, shown } from '@secateur/input';
import { z } from 'zod';
import { issuesOf } from '../spec/schema.ts';
import type { Build } from './build.ts';

/** A file of a run directory, and where the store has its content. */
export interface StoredFile {
  /** Path in the run directory, with `/` between its parts. */
  readonly path: string;
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
}

/** A checkpoint in the store: whole when all its files are. */
export interface Manifest {
  readonly step: number;
  readonly build: Build;
  readonly files: readonly StoredFile[];
  /** Seconds that the attempt had taken by then. */
  readonly seconds: number;
}

/** What an attempt that finished its trial leaves in the store as `result.json`. */
export interface FinishedTrial {
  /** What the training wrote to its `result.json`. */
  readonly result: unknown;
  /** The whole run directory. */
  readonly files: readonly StoredFile[];
  /** Seconds that this attempt took. */
  readonly seconds: number;
  readonly build: Build;
}

const build: z.ZodType<Build> = z.object({
  arch: z.string(),
  simd: z.enum(['plain', 'relaxed']),
});

const files: z.ZodType<readonly StoredFile[]> = z.array(
  z.object({
    path: z.string().refine(isPortable, {
      error: ({ input }) => `expected a path within the run directory, found ${shown(input, 60)}`,
    }),
    key: z.string(),
    size: z.int().nonnegative(),
    sha256: z.hex().length(64),
  }),
);

const manifest: z.ZodType<Manifest> = z.object({
  step: z.int().nonnegative(),
  build,
  files,
  seconds: z.number(),
});

const finished: z.ZodType<FinishedTrial> = z.object({
  result: z.unknown(),
  files,
  seconds: z.number(),
  build,
});

/** Reads a manifest; throws an Error that says what is wrong with it. */
export const readManifest = (bytes: Uint8Array): Manifest => parsed(manifest, bytes);

/** Reads a `result.json` of the store; throws an Error that says what is wrong with it. */
export const readFinished = (bytes: Uint8Array): FinishedTrial => parsed(finished, bytes);

function parsed<T>(schema: z.ZodType<T>, bytes: Uint8Array): T {
  const result = schema.safeParse(fromJson(bytes));
  if (result.success) return result.data;
  throw new Error(issuesOf(result.error), { cause: result.error });
}

/** A record as the store has it. */
export const toJson = (value: unknown): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);

/** What {@link toJson} wrote. */
export const fromJson = (bytes: Uint8Array): unknown => parseJson(new TextDecoder().decode(bytes));

/** Whether a path lies within a run directory on every system: what has no such name is neither sent nor fetched. */
export function isPortable(path: string): boolean {
  return path.split('/').every((part) => !['', '.', '..'].includes(part) && !/[\\:\0]/.test(part));
}
