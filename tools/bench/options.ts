import type { Simd } from './process/simd.ts';

/** Names of the language models that `train` and `lasso` know, smallest first. */
export const MODEL_NAMES = ['small', 'medium', 'large'] as const;

/** One of {@link MODEL_NAMES}. */
export type ModelName = (typeof MODEL_NAMES)[number];

/** Backends of ours that can be measured; `train` knows all but the last. */
export const BACKENDS = ['wasm', 'node', 'webgpu', 'cpu'] as const;

/** Those that are measured unless others are asked for. WebGPU without a GPU and plain JavaScript take seconds a pass. */
export const USUAL_BACKENDS = ['wasm', 'node'] as const;

/** What every suite is told. */
export interface BenchOptions {
  /** Counted rounds of each contender; the slow ones take fewer and say so. */
  readonly rounds: number;
  /** Most threads of a contender; each that can is also measured with one. */
  readonly threads: number;
  /** Builds of our kernels to measure: those that the engine has, or the one that was asked for. */
  readonly simd: readonly Simd[];
  /** Which of our backends `train`, `infer`, `gru`, `highway`, `found` and `answers` measure; one that cannot start is left out. */
  readonly backends: readonly (typeof BACKENDS)[number][];
  /** Models of `train` and `lasso`. */
  readonly models: readonly ModelName[];
  /** The Python that has PyTorch. */
  readonly python: string;
  /** Also what takes minutes a step. */
  readonly slow: boolean;
  /** The smallest sizes only: to see that everything runs. */
  readonly quick: boolean;
  /** Which contenders to measure, by their titles; all when left out. */
  readonly only?: (title: string) => boolean;
  /** Takes a line of progress. */
  say(line: string): void;
}
