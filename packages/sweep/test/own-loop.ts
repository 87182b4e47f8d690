// A training loop of one's own that a sweep can run: node own-loop.ts RUN_DIRECTORY RATE
import { exitCodeOf, openRun, TrainingError } from '@secateur/training/run';

const [directory = '', rate = ''] = process.argv.slice(2);
try {
  const run = openRun({ directory, config: { rate: Number(rate), steps: 40 } });
  const last = run.latestCheckpoint();
  // The square root of 2, by gradient descent.
  let weight = last?.tensors['weight']?.data[0] ?? 1;
  for (let step = (last?.step ?? 0) + 1; step <= 40; step++) {
    const error = weight * weight - 2;
    // As precise as a checkpoint keeps it, so that a resumed run gets the same bits.
    weight = Math.fround(weight - Number(rate) * 4 * weight * error);
    if (!Number.isFinite(weight)) throw new TrainingError('It diverged.', { code: 'diverged' });
    run.metrics.append({ step, loss: error * error });
    const tensors = { weight: { shape: [1], data: Float32Array.of(weight) } };
    run.saveCheckpoint({ step, tensors, state: null });
  }
  if (run.status !== 'finished') run.writeResult({ weight });
} catch (error) {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = exitCodeOf(error);
}
