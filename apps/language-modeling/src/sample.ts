import { dispose, tensor2d, tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import { foldSeed, type NamedTensors } from '@secateur/cells';
import { END, UNKNOWN } from './data/tokenize.ts';
import type { Vocabulary } from './data/vocabulary.ts';
import type { LanguageModel } from './network/network.ts';
import { keepState } from './network/state.ts';

/** Options of {@link sampleText}. */
export interface SampleOptions {
  readonly words: number;
  /** Below 1 the likely words are favoured more; above 1 less. */
  readonly temperature: number;
  readonly seed: number;
  /** Words to begin with; default the end of a sentence. */
  readonly prompt?: readonly string[];
}

/** Most words of one draw. */
const MOST_WORDS = 1_000_000;

/**
 * Draws words one after the other from a language model; `<unk>` is never drawn.
 *
 * @throws Error when a word of the prompt is outside the vocabulary, an option is out of its range, or the network gives NaN.
 */
export async function sampleText(
  network: LanguageModel,
  weights: NamedTensors,
  vocabulary: Vocabulary,
  options: SampleOptions,
): Promise<string> {
  const { temperature } = options;
  if (!(temperature > 0 && temperature < Infinity)) {
    throw new Error(
      `sample: expected a finite temperature above 0, found ${temperature}; 0.1 nearly always takes the likeliest word.`,
    );
  }
  if (!Number.isSafeInteger(options.words) || options.words < 0 || options.words > MOST_WORDS) {
    throw new Error(
      `sample: expected from 0 to ${MOST_WORDS} words, found ${options.words}; draw again for more.`,
    );
  }
  const prompt = options.prompt?.length ? options.prompt : [END];
  const ids = prompt.map((word) => {
    const id = vocabulary.ids.get(word);
    if (id === undefined) {
      throw new Error(
        `sample: "${word}" is not among the ${vocabulary.words.length} words of the vocabulary; begin with other words.`,
      );
    }
    return id;
  });
  const words = options.prompt?.length ? [...options.prompt] : [];
  let state = network.net.zeroState(weights, 1);
  let next = ids;
  try {
    for (let drawn = 0; drawn < options.words; drawn++) {
      const input = next;
      const before = state;
      const drawnFrom = tidy(() => {
        const words = tensor2d(input, [1, input.length], 'int32') as Tensor2D;
        const result = network.forward(weights, words, before);
        state = keepState(result.state);
        return result.logits;
      });
      dispose(before as never);
      const logits = await drawnFrom.data<'float32'>().finally(() => {
        drawnFrom.dispose();
      });
      const last = logits.slice(-vocabulary.words.length);
      const seed = foldSeed(options.seed, 'sample', drawn);
      const id = draw(last, vocabulary.ids.get(UNKNOWN), temperature, seed);
      words.push(vocabulary.words[id]!);
      next = [id];
    }
  } finally {
    dispose(state as never);
  }
  return prose(words);
}

/** The index of a word, drawn with the probabilities softmax(logits / temperature), in float64: backends round small ones to 0. */
function draw(
  logits: Float32Array,
  never: number | undefined,
  temperature: number,
  seed: number,
): number {
  const allowed = Float64Array.from(logits, (logit, id) => (id === never ? -Infinity : logit));
  const most = allowed.reduce((a, b) => Math.max(a, b), -Infinity);
  if (!Number.isFinite(most)) {
    throw new Error(
      `sample: expected finite logits of words, found ${most} as the largest; the model has no words but <unk>, or its training diverged.`,
    );
  }
  const weights = allowed.map((logit) => Math.exp((logit - most) / temperature));
  let left = (seed / 2 ** 32) * weights.reduce((a, b) => a + b, 0);
  for (let id = 0; id < weights.length; id++) {
    left -= weights[id]!;
    if (left < 0) return id;
  }
  return weights.findLastIndex((weight) => weight > 0);
}

/** Words as lines of text, one sentence a line. */
function prose(words: readonly string[]): string {
  return words
    .join(' ')
    .split(END)
    .map((sentence) => sentence.trim())
    .filter(Boolean)
    .map((sentence) => `${sentence[0]!.toUpperCase()}${sentence.slice(1)}`)
    .join('.\n');
}
