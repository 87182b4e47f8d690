import { parseLayout } from '@secateur/groups';
import { describe, expect, test } from 'vitest';
import { finalWeights } from '../src/final-weights.ts';
import { presets } from '../src/presets.ts';
import { learningRateSchedule } from '../src/learning-rate.ts';

describe('the weights of a run’s end', () => {
  const layout = parseLayout('dims h = 2 \n rnn  h -> h \n out  h -> 1');
  const weights = (rnn: number[], out: number[]) => ({
    rnn: { shape: [2, 2], data: Float32Array.from(rnn) },
    out: { shape: [2, 1], data: Float32Array.from(out) },
  });
  const average = weights([0.5, 0.25, 0.125, -0.0625], [1, 0.03125]);

  test('are the average, without what is small', () => {
    const last = weights([1, 1, 1, 1], [1, 1]);
    const { rnn, out } = finalWeights(average, last, { layout, threshold: 0.05 });
    expect([...rnn!.data]).toEqual([0.5, 0.25, 0.125, -0.0625]);
    expect([...out!.data]).toEqual([1, 0]);
  });

  test('are without what the last step had dead, which an average still remembers', () => {
    // Nothing reads the second unit: its row and its output are zero.
    const last = weights([1, 1, 0, 0], [1, 0]);
    const { rnn, out } = finalWeights(average, last, { layout, threshold: 0 });
    expect([...rnn!.data]).toEqual([0.5, 0, 0, 0]);
    expect([...out!.data]).toEqual([1, 0]);
  });
});

describe('the learning rate', () => {
  const at = (epochsDone: number, decayFrom: number) =>
    learningRateSchedule({ ...presets['quick-dense']!, learningRate: 0.5, epochs: 6, decayFrom })(
      epochsDone,
    );

  test('stays, and falls in a line to 0 at the end', () => {
    expect([0, 1.5, 2, 3, 5, 6].map((done) => at(done, 2))).toEqual([
      0.5, 0.5, 0.5, 0.375, 0.125, 0,
    ]);
  });

  test('stays to the end where it is not to fall', () => {
    expect([0, 3, 5.999].map((done) => at(done, 6))).toEqual([0.5, 0.5, 0.5]);
  });
});
