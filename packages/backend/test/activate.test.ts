import { getBackend, registerBackend, removeBackend } from '@tensorflow/tfjs-core';
import { useBackend } from '@secateur/backend';
import { activate } from '@secateur/backend/kernels';
import { describe, expect, test } from 'vitest';

describe('activate', () => {
  test('keeps the backend before when the new one fails to start', async () => {
    await useBackend('cpu');
    registerBackend('broken', () => Promise.reject(new Error('no device')));
    await expect(activate('broken')).rejects.toThrow(
      /^activate: expected TensorFlow.js to start "broken", found: that it did not start, for a reason on the console; /,
    );
    expect(getBackend()).toBe('cpu');
    removeBackend('broken');
  });
  test('says when TensorFlow.js does not know the backend', async () => {
    await expect(activate('nowhere')).rejects.toThrow(
      'activate: expected TensorFlow.js to start "nowhere", found no such backend: it was removed with tf.removeBackend, or its package is not loaded',
    );
    expect(getBackend()).toBe('cpu');
  });
});
