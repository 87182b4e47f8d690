import { join } from 'node:path';
import { COMPOSED, fastContenders, STOCK, threadCounts, WEBGPU } from '../inference/contenders.ts';
import type { BenchOptions, ModelName } from '../options.ts';
import { nodeContender, type ContenderSpec } from '../process/contender.ts';
import { measure, type Measurement, type Skipped } from '../process/measure.ts';
import type { Suite, SuiteResult } from '../suite.ts';
import { languageModels } from './language-model.ts';
import type { StepsInput } from './steps-job.ts';
import { CPU, CUDA, TORCH, trainTables } from './train-tables.ts';

/** Training steps of the language models: ours, composed, stock, PyTorch. */
export const train: Suite = {
  about: 'words per second and peak memory of a training step of the language models',
  run,
  tables: trainTables,
};

/** Steps of a round, so that a round of the fast ones takes long enough to be timed. */
const STEPS: Readonly<Record<ModelName, number>> = { small: 4, medium: 1, large: 1 };

const JOB = 'training/steps-job.ts';

/** On stock kernels, with the rounds that each model gets; where it gets none, a step takes minutes and only `--slow` takes one. */
const stock: readonly {
  readonly contender: string;
  readonly module: string;
  readonly backend: StepsInput['backend'];
  readonly rounds: Partial<Record<ModelName, number>>;
}[] = [
  {
    ...{ contender: COMPOSED, module: JOB, backend: 'stock' },
    rounds: { small: 3, medium: 3 },
  },
  {
    ...{ contender: STOCK, module: 'training/layers-job.ts', backend: 'stock' },
    rounds: { small: 3 },
  },
  { ...{ contender: CPU, module: JOB, backend: 'stock cpu' }, rounds: { small: 1 } },
];

async function run(options: BenchOptions): Promise<SuiteResult> {
  const { rounds, quick, say, only } = options;
  const models = quick ? (['small'] as const) : options.models;
  const measurements: Measurement[] = [];
  const skipped: Skipped[] = [];
  for (const model of models) {
    const measured = await measure(contenders(model, options), { rounds, label: model, say, only });
    const left = quick || options.slow ? [] : stock.filter((one) => !(model in one.rounds));
    skipped.push(
      ...left.map(({ contender }) => ({
        ...{ contender, threads: 1, case: model },
        reason: 'a step takes minutes; --slow runs one',
      })),
      ...measured.skipped,
    );
    measurements.push(...measured.measurements);
  }
  return { measurements, skipped, facts: {} };
}

/** Who trains a model here. */
function contenders(model: ModelName, options: BenchOptions): ContenderSpec[] {
  const { threads, slow, quick, python, backends } = options;
  const steps = STEPS[model];
  const on = (backend: StepsInput['backend']): StepsInput => ({ model, backend, steps });
  const onGpu = nodeContender(WEBGPU, { module: JOB, input: on('webgpu') });
  const torchOn = (contender: string, device: 'cpu' | 'cuda', count: number): ContenderSpec => {
    const input = { model: languageModels[model], device, threads: count, steps };
    const script = join(import.meta.dirname, 'train.py');
    return { contender, threads: count, command: [python, script, JSON.stringify(input)] };
  };
  const others = stock.flatMap(({ contender, module, backend, rounds: { [model]: rounds } }) => {
    if (quick || (rounds === undefined && !slow)) return [];
    const spec = nodeContender(contender, { module, input: { ...on(backend), steps: 1 } });
    return [{ ...spec, rounds: rounds ?? 1, warmup: (rounds ?? 1) > 1 }];
  });
  return [
    ...fastContenders(JOB, { model, steps }, options),
    ...threadCounts(threads).map((count) => torchOn(TORCH, 'cpu', count)),
    // One GPU beside another.
    ...(backends.includes('webgpu') ? [onGpu, torchOn(CUDA, 'cuda', 1)] : []),
    ...others,
  ];
}
