import { dispose, softmax, tensor2d, tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import { foldSeed } from '@secateur/cells';
import { END, UNKNOWN } from './data/tokenize.ts';
import type { Vocabulary } from './data/vocabulary.ts';
import type { NamedTensors, Network } from './network/network.ts';
import { keepState } from './network/state.ts';

/** Settings of {@link sampleText}. */
export interface SampleOptions {
  readonly words: number;
  /** Below 1 the likely words are favoured more; above 1 less. */
  readonly temperature: number;
  readonly seed: number;
  /** Words to begin with; default the end of a sentence. */
  readonly prompt?: readonly string[];
}

/**
 * Draws words one after the other from a language model; `<unk>` is never drawn.
 *
 * @throws Error when a word of the prompt is outside the vocabulary.
 */
export async function sampleText(
  network: Network,
  weights: NamedTensors,
  vocabulary: Vocabulary,
  options: SampleOptions,
): Promise<string> {
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
  let state = network.zeroState(weights, 1);
  let next = ids;
  for (let drawn = 0; drawn < options.words; drawn++) {
    const input = next;
    let after = state;
    const drawnFrom = tidy(() => {
      const words = tensor2d(input, [1, input.length], 'int32') as Tensor2D;
      const result = network.forward(weights, words, state);
      after = keepState(result.state);
      return softmax(result.logits);
    });
    const probabilities = await drawnFrom.data<'float32'>();
    dispose([drawnFrom, state] as never);
    state = after;
    const last = probabilities.slice(-vocabulary.words.length);
    const id = draw(
      last,
      vocabulary.ids.get(UNKNOWN),
      options.temperature,
      foldSeed(options.seed, 'sample', drawn),
    );
    words.push(vocabulary.words[id]!);
    next = [id];
  }
  dispose(state as never);
  return prose(words);
}

function draw(
  probabilities: Float32Array,
  never: number | undefined,
  temperature: number,
  seed: number,
): number {
  const weights = probabilities.map((p, id) => (id === never ? 0 : p ** (1 / temperature)));
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
