import { concat, mul, tidy, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import { sequenceMask, type NamedTensors } from '@secateur/cells';
import { asRows, atEveryStep, attentionFlow, masked, weightedMean } from './attention.ts';
import { drop, type Dropping } from './drop.ts';
import { embedTokens } from './embed.ts';
import { layers } from './layers.ts';
import type { Tokens } from './tokens.ts';
import { matrix } from './weights.ts';

/** The pairs of LSTMs. */
type Pair = 'context' | 'modelling1' | 'modelling2' | 'output';

/** What {@link bidaf} reads. */
export interface BidafInputs {
  readonly context: Tokens;
  readonly question: Tokens;
  /** Vectors of words that are not trained, `[words, width]`; their ids come after those of the trained ones. */
  readonly fixed?: Tensor2D | undefined;
}

/** What {@link bidaf} says of each context, `[batch, time]` each; places beyond its end are at -1e30. */
export interface SpanLogits {
  /** Of the answer's first token. */
  readonly start: Tensor2D;
  /** Of its last. */
  readonly end: Tensor2D;
}

/**
 * Bidirectional Attention Flow (Seo et al. 2017) over the weights of `bidafLayout`, in whatever sizes these have: embeddings
 * of words and characters, a contextual LSTM both ways that context and question share, attention both ways, two LSTMs both
 * ways that model the context, the start pointer, the output LSTM both ways and the end pointer, as the ISS code has them.
 */
export function bidaf(
  weights: NamedTensors,
  { context, question, fixed }: BidafInputs,
  dropping?: Dropping,
): SpanLogits {
  return tidy(() => {
    const { lengths } = context;
    const time = context.words.shape[1];
    const masks = {
      context: sequenceMask(lengths, time),
      question: sequenceMask(question.lengths, question.words.shape[1]),
    };
    const readBoth = (x: Tensor3D, name: Pair, of: readonly number[], place: string = name) =>
      layers[name].apply(weights, drop(x, place, dropping), { lengths: of }).outputs as Tensor3D;

    const read = (tokens: Tokens): Tensor3D => embedTokens(weights, tokens, dropping, fixed);
    const h = readBoth(read(context), 'context', lengths);
    const asked = read(question);
    const u = readBoth(asked, 'context', question.lengths, 'question');
    const p0 = attentionFlow(h, u, matrix(weights, 'attention/kernel'), masks);

    const g0 = readBoth(p0, 'modelling1', lengths);
    const g1 = readBoth(g0, 'modelling2', lengths);
    const inside = asRows(masks.context);
    const pointer = (x: Tensor3D, name: 'start' | 'end'): Tensor2D => {
      const given = drop(concat([p0, x], 2), name, dropping);
      return masked(asRows(layers[name].apply(weights, given).outputs), inside);
    };
    const start = pointer(g1, 'start');
    const a1 = atEveryStep(weightedMean(g1, start), time);
    const g2 = readBoth(concat([p0, g1, a1, mul(g1, a1)], 2), 'output', lengths);
    return { start, end: pointer(g2, 'end') };
  });
}
