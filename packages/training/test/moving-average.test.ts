import { memory, scalar, tensor1d, tidy, variable, zeros } from '@tensorflow/tfjs-core';
import { movingAverage, TrainingError } from '@secateur/training';
import { describeBackend, expectAllClose } from '@secateur/testing';
import { expect, test } from 'vitest';

describeBackend('movingAverage', () => {
  test('weighs values by their age, from those at hand on', () => {
    const w = tidy(() => variable(tensor1d([1, -2]), true, 'average/w'));
    const average = movingAverage({ w }, 0.75);
    for (const next of [
      [5, 2],
      [9, 6],
    ]) {
      tidy(() => {
        w.assign(tensor1d(next));
      });
      average.update();
    }
    // 0.75 * (0.75 * 1 + 0.25 * 5) + 0.25 * 9, and so on.
    expectAllClose(average.values()['w']!, [3.75, 0.75]);
    expectAllClose(w, [9, 6]);
    average.dispose();
    w.dispose();
  });

  test('follows the present value alone with a decay of 0', () => {
    const w = tidy(() => variable(scalar(1), true, 'average/s'));
    const average = movingAverage({ w }, 0);
    tidy(() => {
      w.assign(scalar(4));
    });
    average.update();
    expectAllClose(average.values()['w']!, [4]);
    average.dispose();
    w.dispose();
  });

  test('goes on from saved averages', () => {
    const w = tidy(() => variable(tensor1d([4]), true, 'average/r'));
    const average = movingAverage({ w }, 0.5);
    tidy(() => {
      average.restore({ w: tensor1d([2]), other: scalar(0) });
      average.update();
      expectAllClose(average.values()['w']!, [3]);
      expect(() => {
        average.restore({ w: zeros([2]) });
      }).toThrow(
        'movingAverage: expected a saved average "w" [1], found [2]; build the model that was saved.',
      );
      expect(() => {
        average.restore({});
      }).toThrow('found none');
    });
    average.dispose();
    w.dispose();
  });

  test('keeps one tensor for each variable', () => {
    const w = tidy(() => variable(tensor1d([4]), true, 'average/k'));
    const before = memory().numTensors;
    const average = movingAverage({ w }, 0.9);
    for (let k = 0; k < 5; k++) average.update();
    expect(memory().numTensors).toBe(before + 1);
    average.dispose();
    expect(memory().numTensors).toBe(before);
    w.dispose();
  });

  test.each([1, -0.1, NaN, '0.9'])('refuses a decay of %j', (decay) => {
    expect(() => movingAverage({}, decay as number)).toThrow(TrainingError);
  });
});
