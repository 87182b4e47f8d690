import { crossEntropyGrad } from '@secateur/backend/kernels';
import { expectAllClose } from '@secateur/testing';
import { describe, expect, test } from 'vitest';

describe('crossEntropyGrad', () => {
  test('takes one from the label and scales each row', () => {
    const out = new Float32Array(4);
    crossEntropyGrad([1, 2], [0.25, 0.75, 0.5, 0.5], [1, 0], out);
    expectAllClose(out, [0.25, -0.25, -1, 1]);
  });
  test('does nothing without rows', () => {
    const out = new Float32Array(0);
    crossEntropyGrad([], [], [], out);
    expect(out).toHaveLength(0);
  });
});
