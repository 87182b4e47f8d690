import { expect, test } from 'vitest';
import { stoppedTraining, TrainingError } from '@secateur/training';

const checkpoints = [
  { step: 2, file: '/runs/a/checkpoints/step-00000002.safetensors' },
  { step: 4, file: '/runs/a/checkpoints/step-00000004.safetensors' },
];

test('tells what happened and where to go on', () => {
  const cause = new Error('the device was lost.');
  const error = stoppedTraining(cause, { step: 5, checkpoints });
  expect(error.message).toBe(
    'training: expected to go on after step 5, found: the device was lost. As for this training, the last checkpoint is step-00000004.safetensors of step 4 (/runs/a/checkpoints/step-00000004.safetensors), and the same command goes on from there.',
  );
  expect([error.code, error.cause]).toEqual(['stopped', cause]);
});

test('says so when there is no checkpoint', () => {
  expect(stoppedTraining('out of memory.', { step: 1, checkpoints: [] }).message).toBe(
    'training: expected to go on after step 1, found: out of memory. As for this training, no checkpoint was saved yet, so the same command begins again.',
  );
});

test('leaves the errors of this package alone', () => {
  const error = new TrainingError('diverged', { code: 'diverged' });
  expect(stoppedTraining(error, { step: 1, checkpoints })).toBe(error);
});
