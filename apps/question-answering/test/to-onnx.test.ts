import { dispose, tensor2d } from '@tensorflow/tfjs-core';
import { weightTensors } from '@secateur/cells';
import { layoutShapes, type Weights } from '@secateur/groups';
import { encodeOnnx } from '@secateur/onnx';
import { findRemovable, prune } from '@secateur/pruner';
import { describeBackend, expectAllClose, floats } from '@secateur/testing';
import * as native from 'onnxruntime-node';
import * as web from 'onnxruntime-web';
import { expect, test } from 'vitest';
import { bidaf } from '../src/network/bidaf.ts';
import { bidafLayout } from '../src/network/layout.ts';
import { bidafToOnnx } from '../src/network/to-onnx.ts';

const [WORDS, CHARS, FIXED, CHARACTERS, COUNT, BATCH] = [9, 7, 4, 6, 5, 3];
const layout = bidafLayout({
  ...{ words: WORDS, chars: CHARS, window: 3, units: 4 },
  sizes: { word: 5, char: 3, filters: 4, 'modelling1/bw': 3, 'output/fw': 2 },
});
const weights: Weights = Object.fromEntries(
  Object.entries(layoutShapes(layout)).map(([name, shape], k) => {
    const size = shape.reduce((product, length) => product * length, 1);
    return [name, { shape, data: floats(size, 30 + k, 0.6) }];
  }),
);
const fixed = { shape: [FIXED, 5], data: floats(FIXED * 5, 7) };

const ids = (size: number, below: number, step: number): Int32Array =>
  Int32Array.from({ length: size }, (_, k) => (step * k + 1) % below);
const texts = {
  context: { time: 8, lengths: [8, 3, 6], step: 5 },
  question: { time: 4, lengths: [1, 4, 2], step: 3 },
};
type Name = keyof typeof texts;
const names = Object.keys(texts) as Name[];

function textOf(name: Name) {
  const { time, lengths, step } = texts[name];
  return {
    ...{ time, lengths },
    words: ids(BATCH * time, WORDS + FIXED, step),
    spelling: ids(BATCH * time, COUNT, step),
    spellings: ids(COUNT * CHARACTERS, CHARS, step),
  };
}

/** What our own network gives. */
function ours(of: Weights): { start: Float32Array; end: Float32Array } {
  const [tensors, vectors] = [weightTensors(of), tensor2d(fixed.data, [FIXED, 5])];
  const [context, question] = names.map((name) => {
    const { time, lengths, words, spelling, spellings } = textOf(name);
    return {
      lengths,
      words: tensor2d(words, [BATCH, time], 'int32'),
      spelling: tensor2d(spelling, [BATCH, time], 'int32'),
      spellings: tensor2d(spellings, [COUNT, CHARACTERS], 'int32'),
    };
  });
  const found = bidaf(tensors, { context: context!, question: question!, fixed: vectors });
  const [start, end] = [found.start, found.end].map((each) => each.dataSync().slice());
  dispose([found, tensors, vectors, context, question] as never);
  return { start: start as Float32Array, end: end as Float32Array };
}

/** What a runtime gives. */
async function theirs(ort: typeof web, provider: string, of: Weights, layoutOf = layout) {
  const model = bidafToOnnx({ weights: of, layout: layoutOf, fixed, history: [] });
  const session = await ort.InferenceSession.create(encodeOnnx(model), {
    executionProviders: [provider],
    logSeverityLevel: 3,
  });
  const feeds: Record<string, web.Tensor> = {};
  for (const name of names) {
    const { time, lengths, words, spelling, spellings } = textOf(name);
    const feed = (part: string, data: Int32Array, dims: number[]): void => {
      feeds[`${name}/${part}`] = new ort.Tensor('int32', data, dims);
    };
    feed('words', words, [BATCH, time]);
    feed('spelling', spelling, [BATCH, time]);
    feed('spellings', spellings, [COUNT, CHARACTERS]);
    feed('lengths', Int32Array.from(lengths), [BATCH]);
  }
  const { start, end } = await session.run(feeds);
  return { start: start!.data as Float32Array, end: end!.data as Float32Array };
}

/** Units of every LSTM that can be pruned of which nothing is read; of one of them all. */
function planted(): Weights {
  const dead: Record<string, number[]> = { 'modelling1/fw': [0, 2], 'modelling2/bw': [0, 1, 2, 3] };
  return Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]) => {
      const values = data.slice();
      const [axis] = layout.weights[name]!.axes;
      for (const { dim, start } of axis?.role === 'reads' ? axis.segments : []) {
        const columns = shape[1]!;
        for (const k of dead[dim ?? ''] ?? [])
          values.fill(0, (start + k) * columns, (start + k + 1) * columns);
      }
      return [name, { shape, data: values }];
    }),
  );
}

describeBackend('bidafToOnnx', () => {
  test.each([
    ['onnxruntime-node', native as unknown as typeof web, 'cpu'],
    ['onnxruntime-web', web, 'wasm'],
  ] as const)('computes what bidaf computes, whole and pruned, in %s', async (_, ort, provider) => {
    web.env.wasm.numThreads = 1;
    const close = { atol: 1e-5, rtol: 0 };
    const [own, found] = [ours(weights), await theirs(ort, provider, weights)];
    expectAllClose(found.start, own.start, close);
    expectAllClose(found.end, own.end, close);

    const whole = planted();
    const { kept } = findRemovable(whole, layout, { atLeast: 0 });
    const smaller = prune(whole, layout, kept);
    expect(smaller.layout.dims).toMatchObject({ 'modelling1/fw': 2, 'modelling2/bw': 0 });
    const before = ours(whole);
    const after = await theirs(ort, provider, smaller.weights, smaller.layout);
    expectAllClose(after.start, before.start, close);
    expectAllClose(after.end, before.end, close);
  });
});
