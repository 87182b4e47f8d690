import { dispose } from '@tensorflow/tfjs-core';
import { weightTensors } from '@secateur/cells';
import { describeBackend, expectAllClose } from '@secateur/testing';
import { expect, test, vi } from 'vitest';
import { makeBatch } from '../src/data/batches.ts';
import { encoder, type Example } from '../src/data/examples.ts';
import { frequent, wordVocabulary } from '../src/data/vocabulary.ts';
import { answer } from '../src/evaluate.ts';
import { initialWeights } from '../src/initial.ts';
import { lessonOf, lessonsOf } from '../src/lessons.ts';
import { NEVER } from '../src/network/attention.ts';
import { bidafLayout } from '../src/network/layout.ts';
import { spanLogits } from '../src/step.ts';

const texts = ['red apples', 'ten green pears and a fig', 'blue plums or dates'];
const once = (list: readonly string[]) => new Map(list.map((entry) => [entry, 1]));
const words = wordVocabulary(once(texts.flatMap((text) => text.split(' '))), 1);
const characters = frequent(once([...new Set(texts.join(''))]), 1);
const encode = encoder(words, characters);
const examples = texts.map((text): Example => ({
  ...{ id: text, context: encode(text, 'it'), question: encode('red or green', 'it') },
  ...{ start: 0, end: 1, answers: [text] },
}));
const sizes = { word: 3, char: 2, filters: 2 };
const layout = bidafLayout({
  ...{ words: words.trained, chars: characters.entries.length },
  ...{ units: 3, sizes },
});
const weights = initialWeights(layout, 4);

describeBackend('answers', () => {
  test('are found while signals are heard', async () => {
    const tensors = weightTensors(weights);
    const heard = vi.fn();
    setImmediate(heard);
    await answer(tensors, examples, { batch: 2 });
    expect(heard).toHaveBeenCalled();
    dispose(tensors);
  });
});

describeBackend('the lessons of a teacher', () => {
  test('are what it says of each example alone, whatever batch it was read in', async () => {
    const lessons = await lessonsOf(weights, examples, { batch: 2 });
    const tensors = weightTensors(weights);
    for (const example of examples) {
      const [start, end] = await spanLogits(tensors, makeBatch([example]), undefined);
      expect(start).toHaveLength(example.context.tokens.length);
      expectAllClose(lessons.get(example)!.start, start, { rtol: 1e-5 });
      expectAllClose(lessons.get(example)!.end, end, { rtol: 1e-5 });
    }
    dispose(tensors);
  });

  test('are the same bits each time', async () => {
    const read = () => lessonsOf(weights, examples, { batch: 2 });
    expect([...(await read()).values()]).toEqual([...(await read()).values()]);
  });

  test('are padded to the longest of a batch, in its order', async () => {
    const lessons = new Map(
      examples.map((example, k) => {
        const values = (from: number) =>
          Float32Array.from(example.context.tokens, (_, t) => from + 10 * k + t);
        return [example, { start: values(100), end: values(200) }];
      }),
    );
    const { start, end } = lessonOf(lessons, makeBatch([examples[2]!, examples[0]!]));
    const none = Math.fround(NEVER);
    expect(await start.array()).toEqual([
      [120, 121, 122, 123],
      [100, 101, none, none],
    ]);
    expect(await end.array()).toEqual([
      [220, 221, 222, 223],
      [200, 201, none, none],
    ]);
    dispose([start, end]);
  });
});
