import { grad, sum, tensor, tensor2d, tidy, zeros } from '@tensorflow/tfjs-core';
import { distillation, softmaxCrossEntropy, uniform } from '@secateur/cells';
import {
  describeBackend,
  distilledCrossEntropyReference,
  expectAllClose,
  finiteDifference,
} from '@secateur/testing';
import { expect, test } from 'vitest';

const logits = uniform([2, 3, 5], { min: -4, max: 4, seed: 12 }).data;
const teacher = uniform([2, 3, 5], { min: -4, max: 4, seed: 13 }).data;
const labels = [0, 4, 2, 2, 1, 3];

describeBackend('distillation', () => {
  test('keeps the shape of the labels and agrees with float64', () => {
    const settings = { share: 0.3, temperature: 2 };
    tidy(() => {
      const loss = distillation(
        tensor(logits, [2, 3, 5]),
        tensor(teacher, [2, 3, 5]),
        tensor2d(labels, [2, 3], 'int32'),
        settings,
      );
      expect(loss.shape).toEqual([2, 3]);
      expectAllClose(loss, distilledCrossEntropyReference(logits, teacher, labels, settings));
    });
  });

  test('takes half of the loss from the teacher at temperature 1, if nothing else is asked for', () => {
    tidy(() => {
      const loss = distillation(
        tensor(logits, [6, 5]),
        tensor(teacher, [6, 5]),
        tensor(labels, [6], 'int32'),
      );
      const settings = { share: 0.5, temperature: 1 };
      expectAllClose(loss, distilledCrossEntropyReference(logits, teacher, labels, settings));
    });
  });

  test('is the softmax cross-entropy when nothing comes from the teacher', () => {
    tidy(() => {
      const ids = tensor2d(labels, [2, 3], 'int32');
      const x = tensor(logits, [2, 3, 5]);
      const loss = distillation(x, tensor(teacher, [2, 3, 5]), ids, { share: 0 });
      expectAllClose(loss, softmaxCrossEntropy(x, ids));
    });
  });

  test('has the gradient of differences', () => {
    const settings = { share: 0.6, temperature: 1.5 };
    tidy(() => {
      const slope = grad((l) =>
        sum(
          distillation(l, tensor(teacher, [2, 3, 5]), tensor2d(labels, [2, 3], 'int32'), settings),
        ),
      )(tensor(logits, [2, 3, 5]));
      const exact = (at: Float64Array): number =>
        distilledCrossEntropyReference(at, teacher, labels, settings).reduce((a, b) => a + b, 0);
      expectAllClose(slope, finiteDifference(exact, Float64Array.from(logits)), {
        rtol: 1e-4,
        atol: 1e-6,
      });
    });
  });

  test('names what does not fit', () => {
    tidy(() => {
      const ids = zeros([2], 'int32');
      expect(() => distillation(zeros([2, 3], 'int32'), zeros([2, 3]), ids)).toThrow(
        'distillation: expected logits to be float32 [..., classes], found int32 [2, 3]',
      );
      expect(() => distillation(zeros([2, 3]), zeros([2, 4]), ids)).toThrow(
        'distillation: expected teacherLogits to be float32 [2, 3], found float32 [2, 4]',
      );
      expect(() => distillation(zeros([2, 3]), zeros([2, 3]), ids, { share: 1.5 })).toThrow(
        'expected share to be a finite number from 0 to 1, found 1.5',
      );
      expect(() => distillation(zeros([2, 3]), zeros([2, 3]), ids, { temperature: 0 })).toThrow(
        'expected temperature to be a finite number above 0, found 0',
      );
    });
  });
});
