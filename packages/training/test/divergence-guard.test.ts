import { describe, expect, test } from 'vitest';
import { divergenceGuard, TrainingError, type DivergenceGuard } from '@secateur/training';
import { thrownBy } from './thrown-by.ts';

const checkpoints = () => [
  { step: 2, file: '/runs/a/checkpoints/step-00000002.safetensors' },
  { step: 4, file: '/runs/a/checkpoints/step-00000004.safetensors' },
  { step: 6, file: '/runs/a/checkpoints/step-00000006.safetensors' },
];
const feed = (guard: DivergenceGuard, losses: readonly number[], first = 1): void => {
  losses.forEach((loss, i) => {
    guard.check(loss, first + i);
  });
};

describe('divergenceGuard', () => {
  test('stops at NaN and Infinity at once and points to the last checkpoint before', () => {
    for (const loss of [NaN, Infinity, -Infinity]) {
      const guard = divergenceGuard({ checkpoints });
      feed(guard, [5, 4, 4.5, 4, 4.2]);
      const error = thrownBy(() => {
        guard.check(loss, 6);
      });
      expect(error).toBeInstanceOf(TrainingError);
      expect(error.code).toBe('diverged');
      expect(error.message).toBe(
        `divergenceGuard: expected a finite loss at step 6, found ${String(loss)}; the last good checkpoint is step-00000004.safetensors of step 4 (/runs/a/checkpoints/step-00000004.safetensors). Start another run with a lower learning rate or lambda, or with gradients clipped.`,
      );
    }
  });

  test('stops after the patience is over, pointing to a checkpoint from before the rise', () => {
    const guard = divergenceGuard({ factor: 2, patience: 3, checkpoints });
    feed(guard, [4, 3, 2, 5, 5]);
    expect(() => {
      guard.check(5, 6);
    }).toThrow(
      'expected a loss of at most 4.000 (2 times the best so far) at step 6, found 5.000, too high 3 times in a row; the last good checkpoint is step-00000002.safetensors of step 2',
    );
  });

  test('forgives a rise that ends in time', () => {
    const guard = divergenceGuard({ factor: 2, patience: 3 });
    feed(guard, [2, 5, 5, 4, 5, 5, 2, 5, 5]);
    expect(guard.state()).toEqual({ best: 2, bad: 2, goodStep: 7 });
  });

  test('takes any loss as the first', () => {
    const guard = divergenceGuard();
    feed(guard, [1e6, 1e6, 2e6]);
    expect(guard.state().best).toBe(1e6);
  });

  test('takes noise near zero for noise', () => {
    const guard = divergenceGuard({ patience: 1 });
    feed(guard, [1e-9, 1e-3, 0.02, 0, 0.03]);
    expect(() => {
      guard.check(0.0301, 6);
    }).toThrow('expected a loss of at most 0.03000');
  });

  test('goes on from its state as if it had never stopped', () => {
    const whole = divergenceGuard({ factor: 2, patience: 3 });
    const first = divergenceGuard({ factor: 2, patience: 3 });
    feed(whole, [2, 5, 5]);
    feed(first, [2, 5]);
    const state = JSON.parse(JSON.stringify(first.state())) as ReturnType<typeof first.state>;
    const second = divergenceGuard({ factor: 2, patience: 3, state });
    second.check(5, 3);
    expect(second.state()).toEqual(whole.state());
    expect(() => {
      second.check(5, 4);
    }).toThrow('too high 3 times in a row');
  });

  test('says when there is no checkpoint to point to', () => {
    const guard = divergenceGuard({ checkpoints: () => [] });
    expect(() => {
      guard.check(NaN, 1);
    }).toThrow('found NaN; no checkpoint was saved before it.');
  });

  test('checks its options', () => {
    expect(() => divergenceGuard({ factor: 1 })).toThrow(
      'divergenceGuard: expected a number > 1 as factor, found 1; leave it out for the default.',
    );
    expect(() => divergenceGuard({ patience: 0.5 })).toThrow(
      'expected a whole number >= 1 as patience, found 0.5',
    );
    expect(() => divergenceGuard({ floor: NaN })).toThrow(
      'expected a number > 0 as floor, found NaN',
    );
    expect(() => divergenceGuard({ factor: '3' as unknown as number })).toThrow(
      'expected a number > 1 as factor, found "3"',
    );
  });
});
