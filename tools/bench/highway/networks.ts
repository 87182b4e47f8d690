import { uniform } from '@secateur/cells';
import { passes, passName, type Pass } from '../passes.ts';

/** Layers that the state passes through at each step (Wen et al. 2018, section 4.1). */
export const DEPTH = 10;
/** Steps of a sequence. */
export const STEPS = 30;
/** The words that the logits are of. */
export const VOCAB = 10000;
/** Added to the transform gates, as the original starts. */
export const TRANSFORM_BIAS = -2;

/** The dense width of the paper's Table 2, and the four that ISS left of it. */
export const widths = [830, 726, 517, 403, 328] as const;
/** The one of them that ISS left without loss of perplexity. */
export const EQUAL = 517;

/** One thing to time. */
export interface HighwayCase extends Pass {
  /** Inputs and units alike, as the state is the embedding's dimension. */
  readonly width: number;
}

/** Every pass of some widths; the logits come from the embedding once more. */
export const casesOf = (chosen: readonly number[], paperOnly?: boolean): HighwayCase[] =>
  chosen.flatMap((width) => passes(paperOnly).map((pass) => ({ width, ...pass })));

/** The name of a case. */
export const caseName = (one: HighwayCase): string => passName(String(one.width), one);

/** The weights of a network, the same in every process, rows read and columns write. */
export interface HighwayValues {
  /** `[width, 2 * width]` */
  readonly kernel: Float32Array;
  /** `[width, DEPTH * 2 * width]` */
  readonly recurrent: Float32Array;
  /** `[DEPTH * 2 * width]` */
  readonly bias: Float32Array;
  /** `[VOCAB, width]` */
  readonly embedding: Float32Array;
}

const draw = (shape: number[], seed: number, size: number): Float32Array =>
  uniform(shape, { min: -size, max: size, seed }).data;

/** Draws a network's weights in ±0.04, the biases too, so that a wrong one shows. */
export const valuesOf = (width: number): HighwayValues => ({
  kernel: draw([width, 2 * width], 1, 0.04),
  recurrent: draw([width, DEPTH * 2 * width], 2, 0.04),
  bias: draw([DEPTH * 2 * width], 3, 0.04),
  embedding: draw([VOCAB, width], 4, 0.04),
});

/** The inputs of a case, `[batch, STEPS, width]`. */
export const inputsOf = ({ width, batch }: HighwayCase): Float32Array =>
  draw([batch, STEPS, width], 7, 1);
