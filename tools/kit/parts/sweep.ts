// Part 4: which cut of the kernels' work is the fastest on this adapter. Every cut is timed in turn, several times, on the whole
// training step of a language model: what wins there is what `tuning.ts` should say for the class of the adapter.
import { backend, env, train } from '@tensorflow/tfjs-core';
import { useBackend } from '@secateur/backend';
import { issGroups } from '@secateur/groups';
import { groupLasso } from '@secateur/lasso';
import type { GpuBackend } from '../../../packages/backend-webgpu/src/gpu-backend.ts';
import {
  adapterClass,
  setTuning,
  type Tuning,
  usual,
} from '../../../packages/backend-webgpu/src/tuning.ts';
import { countWork, type Work } from '../../../packages/backend-webgpu/test/work.ts';
import {
  createTraining,
  type LanguageModel,
  languageModels,
  randomWindow,
  trainStep,
} from '../../bench/training/language-model.ts';
import { short, writeResult } from './result.ts';

/** A cut, or a setting of TensorFlow.js's: how its products are cut, and how many dispatches are handed over at once. */
interface Cut extends Partial<Tuning> {
  readonly product?: number;
  readonly submit?: number;
}

const [productFlag, submitFlag] = [
  'WEBGPU_MATMUL_PROGRAM_TYPE',
  'WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE',
] as const;

const all: readonly Cut[] = [
  {},
  { submit: 64 },
  { submit: 512 },
  { lanes: 64, columns: 32, rows: 2 },
  { lanes: 64, columns: 16 },
  { lanes: 128, columns: 16, rows: 8 },
  { lanes: 128, columns: 64, rows: 2 },
  { lanes: 256, columns: 32 },
  { lanes: 256, columns: 32, rows: 8 },
  { lanes: 256, columns: 64 },
  { stretch: 16 },
  { stretch: 256 },
  // TensorFlow.js's programs for small outputs and for packed tiles, whatever the sizes.
  { product: 2 },
  { product: 3 },
];

const tiny: LanguageModel = {
  ...{ vocab: 60, embed: 24, hidden: [24, 24], batch: 4, steps: 5 },
  ...{ dropout: 0, clip: 5, init: 0.1 },
};
const models: Readonly<Record<string, LanguageModel>> = short
  ? { tiny }
  : {
      small: languageModels.small,
      // Masks are drawn on the CPU and say nothing of the GPU.
      medium: { ...languageModels.medium, dropout: 0 },
      large: { ...languageModels.large, dropout: 0 },
    };

await useBackend('webgpu');
const gpu = backend() as unknown as GpuBackend;
const { limits, adapterInfo } = gpu.device;
const work = countWork(gpu.device);

/** Whether the device has room for a cut: four sums of each row and lane. */
function fits({ lanes, rows }: Tuning): boolean {
  return (
    lanes <= limits.maxComputeInvocationsPerWorkgroup &&
    lanes <= limits.maxComputeWorkgroupSizeX &&
    16 * lanes * rows <= limits.maxComputeWorkgroupStorageSize
  );
}

const cuts = all.filter((cut) => fits({ ...usual, ...cut })).slice(0, short ? 3 : undefined);
const submitUsual = env().getNumber(submitFlag);

/** Has all work be cut in a way. */
function take({ product = -1, submit = submitUsual, ...tuning }: Cut): void {
  setTuning(gpu, { ...usual, ...tuning });
  env().set(productFlag, product);
  env().set(submitFlag, submit);
}

const measured: Record<string, { counts: Work; ms: (Cut & { rounds: number[] })[] }> = {};

for (const [name, model] of Object.entries(models)) {
  const training = createTraining(model, 1);
  const groups = issGroups(training.layout);
  const optimizer = groupLasso(train.sgd(1), groups, { lambda: 1e-4, clipNorm: model.clip });
  let { state } = training;
  let step = 0;
  const timed = async (): Promise<number> => {
    const window = randomWindow(model, step);
    const start = performance.now();
    const options = { seed: step++ };
    ({ state } = await trainStep(model, { ...training, state }, optimizer, window, options));
    return performance.now() - start;
  };
  take({});
  for (let warm = 0; warm < 2; warm++) await timed();
  work();
  await timed();
  const ms = cuts.map((cut) => ({ ...cut, rounds: [] as number[] }));
  measured[name] = { counts: work(), ms };
  // The first round compiles.
  for (let round = 0; round <= (short ? 1 : 5); round++) {
    for (const [k, cut] of cuts.entries()) {
      take(cut);
      const took = await timed();
      if (round > 0) ms[k]!.rounds.push(Number(took.toFixed(3)));
    }
    writeResult('sweep', { class: adapterClass(adapterInfo), usual, found: measured });
  }
  for (const { rounds, ...cut } of ms) {
    console.log(`${name}: ${Math.min(...rounds).toFixed(2)} ms ${JSON.stringify(cut)}`);
  }
  optimizer.dispose();
  for (const each of [...Object.values(training.variables), ...Object.values(state)])
    each.dispose();
}
process.exit(0);
