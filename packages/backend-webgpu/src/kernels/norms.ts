import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { KERNELS } from '@secateur/backend/kernels';
import { as, type GpuBackend, sizeOf } from '../gpu-backend.ts';
import { makeOutput, type Program, run } from '../program.ts';
import { tuningOf } from '../tuning.ts';
import { fusedKernel, type GpuKernel } from './fused-kernel.ts';
import { penalized, type PenalizedCall } from './penalized.ts';
import { groupSum, sumsAlongRows, sumsDownColumns, zeros } from './sums.ts';

/** Makes the kernels `GroupSquaredNorms` and `PenalizedSquaredNorm`. */
export function normKernels(): KernelConfig[] {
  return [
    fusedKernel(KERNELS.groupSquaredNorms, groupSquaredNorms),
    fusedKernel(KERNELS.penalizedSquaredNorm, penalizedSquaredNorm),
  ];
}

const groupSquaredNorms: GpuKernel = (backend, inputs, attrs) => {
  const { x } = inputs as { x: TensorInfo };
  return (attrs['axes'] as number[]).map((axis) => squaresOfAxis(backend, x, axis));
};

/** Sums of squares over all axes after one, then over all before it. */
function squaresOfAxis(backend: GpuBackend, x: TensorInfo, axis: number): TensorInfo {
  const size = x.shape[axis]!;
  const lines = sizeOf({ shape: x.shape.slice(0, axis + 1) });
  if (sizeOf(x) === lines) return sumsDownColumns(backend, x, size, true);
  const sums = sumsAlongRows(backend, x, lines, true);
  if (lines === size) return sums;
  const out = sumsDownColumns(backend, sums, size, false);
  backend.disposeData(sums.dataId);
  return out;
}

/** Entries that one lane squares and adds up. */
const EACH = 32;

function squaredNorm(call: PenalizedCall): Program {
  return {
    name: `penalizedSquaredNorm ${call.variant}`,
    declarations: `${call.declarations}\n${groupSum()}`,
    main: `
      var sum = 0.0;
      let end = min(uniforms.size, (group + 1u) * ${EACH}u * LANES);
      for (var i = group * ${EACH}u * LANES + lane; i < end; i += LANES) {
        let value = penalized(i);
        sum += value * value;
      }
      let all = sumOverLanes(lane, sum);
      if (lane == 0u) { out[group] = all; }`,
  };
}

const penalizedSquaredNorm: GpuKernel = (backend, inputs) => {
  const size = sizeOf(inputs['gradient']!);
  if (size === 0) return zeros(backend, []);
  const groups = Math.ceil(size / EACH / tuningOf(backend).lanes);
  const call = penalized(backend, inputs, 1);
  const sums = makeOutput(backend, [groups]);
  run(
    backend,
    squaredNorm(call),
    { inputs: call.inputs, outputs: { out: sums } },
    call.uniforms,
    groups,
  );
  call.release();
  if (groups === 1) return as(sums);
  const out = sumsAlongRows(backend, sums, 1, false);
  backend.disposeData(sums.dataId);
  return as(out);
};
