import { dropoutLayer, sequence } from '@secateur/cells';
import { Tensor, tensor2d, zeros, type Tensor2D } from '@tensorflow/tfjs-core';
import { describeBackend } from '@secateur/testing';
import { expect, test, vi } from 'vitest';
import { vocabularyOf } from '../src/data/vocabulary.ts';
import type { LanguageModel } from '../src/network/network.ts';
import { sampleText } from '../src/sample.ts';

const vocabulary = vocabularyOf(['<eos>', '<unk>', 'tea', 'cup']);

/** A network whose logits are always these. */
function constant(logits: number[]): LanguageModel {
  return {
    modelType: 'constant',
    // The sampler asks its layers for nothing but a state.
    net: { ...sequence(dropoutLayer(0)), zeroState: () => ({ s: zeros([1, 1]) as Tensor2D }) },
    forward: (_, words, state) => ({
      logits: tensor2d(Array.from({ length: words.shape[1] }, () => logits)),
      state: { s: state['s']!.clone() },
    }),
  };
}

const draw = (logits: number[], options = {}): Promise<string> =>
  sampleText(constant(logits), {}, vocabulary, { words: 5, temperature: 1, seed: 1, ...options });

describeBackend('sampleText', () => {
  test('a temperature near 0 takes the likeliest word, however small its probability', async () => {
    expect(await draw([0, 9, 0.01, 0], { temperature: 1e-6 })).toBe('Tea tea tea tea tea');
    expect(await draw([0, 90, 0.01, 0], { temperature: 1e-300 })).toBe('Tea tea tea tea tea');
  });

  test.each([0, -1, NaN, Infinity])('refuses a temperature of %s', async (temperature) => {
    await expect(draw([0, 0, 0, 0], { temperature })).rejects.toThrow(
      `sample: expected a finite temperature above 0, found ${temperature}`,
    );
  });

  test.each([-1, 1.5, NaN, Infinity, 1e9])('refuses %s words', async (words) => {
    await expect(draw([0, 0, 0, 0], { words })).rejects.toThrow(
      `sample: expected from 0 to 1000000 words, found ${words}`,
    );
  });

  test('leaves nothing behind when the logits cannot be read', async () => {
    vi.spyOn(Tensor.prototype, 'data').mockRejectedValueOnce(new Error('the device is lost'));
    await expect(draw([0, 0, 0, 0])).rejects.toThrow('the device is lost');
    vi.restoreAllMocks();
  });

  test('refuses a network that gives NaN', async () => {
    await expect(draw([0, 0, NaN, 0])).rejects.toThrow('its training diverged');
  });
});
