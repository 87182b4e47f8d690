// A training loop of one's own that a sweep can run: node own-loop.ts RUN_DIRECTORY RATE [MILLISECONDS A STEP]
import { setTimeout as wait } from 'node:timers/promises';
import { exitCodeOf, openRun, TrainingError } from '@secateur/training/run';

const [directory = '', rate = '', pause = '0'] = process.argv.slice(2);
try {
  const run = openRun({ directory, config: { rate: Number(rate), steps: 40 } });
  const last = run.latestCheckpoint();
  let step = last?.step ?? 0;
  // The square root of 2, by gradient descent.
  let weight = last === undefined ? 1 : last.tensors['weight']!.data[0]!;
  while (step < 40) {
    step += 1;
    const error = weight * weight - 2;
    // As precise as a checkpoint keeps it, so that a resumed run gets the same bits.
    weight = Math.fround(weight - Number(rate) * 4 * weight * error);
    if (!Number.isFinite(weight)) throw new TrainingError('it diverged', { code: 'diverged' });
    run.metrics.append({ step, loss: error * error });
    const tensors = { weight: { shape: [1], data: Float32Array.of(weight) } };
    run.saveCheckpoint({ step, tensors, state: null });
    await wait(Number(pause));
  }
  run.writeResult({ weight });
} catch (error) {
  console.error(String(error));
  process.exitCode = exitCodeOf(error);
}
