import { join } from 'node:path';
import { languageModels } from '../language-model.ts';
import type { BenchOptions, ModelName } from '../options.ts';
import { nodeCommand, type ContenderSpec } from '../process/contender.ts';
import { measure, type Measurement, type Skipped } from '../process/measure.ts';
import type { Simd } from '../process/simd.ts';
import type { Suite, SuiteResult } from '../suite.ts';
import type { TrainInput } from './job.ts';
import { COMPOSED, CPU, CUDA, LAYERS, NATIVE, OURS, TORCH, trainTables, WEBGPU } from './tables.ts';

/** Training steps of the language models: ours, composed, stock, PyTorch. */
export const train: Suite = {
  about: 'words per second and peak memory of a training step of the language models',
  run,
  tables: trainTables,
};

/** Steps of a round, so that a round of the fast ones takes long enough to be timed. */
const STEPS: Readonly<Record<ModelName, number>> = { small: 4, medium: 1, large: 1 };

async function run(options: BenchOptions): Promise<SuiteResult> {
  const { rounds, quick, say, only } = options;
  const models = quick ? (['small'] as const) : options.models;
  const measurements: Measurement[] = [];
  const skipped: Skipped[] = [];
  for (const model of models) {
    const { specs, left } = contenders(model, options);
    skipped.push(...left);
    const found = await measure(specs, { rounds, label: model, say, only });
    measurements.push(...found.measurements);
    skipped.push(...found.skipped);
  }
  return { measurements, skipped, facts: {} };
}

/** Who trains a model here, and who is left out because a step would take minutes. */
function contenders(
  model: ModelName,
  { simd, threads, slow, quick, python, backends }: BenchOptions,
): { specs: ContenderSpec[]; left: Skipped[] } {
  const counts = threads > 1 ? [1, threads] : [1];
  const node = (
    contender: string,
    module: string,
    kernels: TrainInput['kernels'],
    build: Simd,
    count: number,
    rounds?: number,
  ): ContenderSpec => {
    const steps = rounds === undefined ? STEPS[model] : 1;
    const input: TrainInput = { model, kernels, steps };
    return {
      contender,
      ...(kernels === 'ours' && { simd: build }),
      threads: count,
      command: nodeCommand({ module, simd: build, threads: count, input }),
      ...(rounds !== undefined && { rounds, warmup: rounds > 1 }),
    };
  };
  const wasm = simd.flatMap((build) =>
    counts.map((count) => node(OURS, 'train/job.ts', 'ours', build, count)),
  );
  const native = counts.map((count) => node(NATIVE, 'train/job.ts', 'native', 'plain', count));
  const ours = [
    ...(backends.includes('wasm') ? wasm : []),
    ...(backends.includes('node') ? native : []),
    ...(backends.includes('webgpu') ? [node(WEBGPU, 'train/job.ts', 'webgpu', 'plain', 1)] : []),
  ];
  const torchOn = (contender: string, device: 'cpu' | 'cuda', count: number): ContenderSpec => {
    const input = { model: languageModels[model], device, threads: count, steps: STEPS[model] };
    const script = join(import.meta.dirname, '../torch/train.py');
    return { contender, threads: count, command: [python, script, JSON.stringify(input)] };
  };
  const torch = [
    ...counts.map((count) => torchOn(TORCH, 'cpu', count)),
    // One GPU against another.
    ...(backends.includes('webgpu') ? [torchOn(CUDA, 'cuda', 1)] : []),
  ];
  const few = (fast: ModelName[]): number => (fast.includes(model) ? 3 : 1);
  const stock = [
    {
      after: 'medium',
      spec: node(COMPOSED, 'train/job.ts', 'stock wasm', 'plain', 1, few(['small', 'medium'])),
    },
    {
      after: 'small',
      spec: node(LAYERS, 'train/layers-job.ts', 'stock wasm', 'plain', 1, few(['small'])),
    },
    { after: 'small', spec: node(CPU, 'train/job.ts', 'stock cpu', 'plain', 1, few([])) },
  ];
  const sizes = Object.keys(languageModels);
  const runs = stock.filter(({ after }) => slow || sizes.indexOf(model) <= sizes.indexOf(after));
  const left = stock
    .filter((one) => !runs.includes(one))
    .map(({ spec }): Skipped => ({
      ...{ contender: spec.contender, threads: 1, case: model },
      reason: 'a step takes minutes; --slow runs one',
    }));
  return {
    specs: [...ours, ...torch, ...(quick ? [] : runs.map(({ spec }) => spec))],
    left: quick ? [] : left,
  };
}
