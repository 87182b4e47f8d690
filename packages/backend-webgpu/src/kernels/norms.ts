import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { KERNELS } from '@secateur/backend/kernels';
import { as, type GpuBackend, sizeOf } from '../gpu-backend.ts';
import { GROUP, makeOutput, type Program, run } from '../program.ts';
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

/** Entries that one workgroup squares and adds up. */
const STRETCH = 32 * GROUP;

function squaredNorm(call: PenalizedCall): Program {
  return {
    name: `penalizedSquaredNorm ${call.variant}`,
    declarations: `${call.declarations}\n${groupSum()}`,
    main: `
      var sum = 0.0;
      let end = min(uniforms.size, (group + 1u) * ${STRETCH}u);
      for (var i = group * ${STRETCH}u + lane; i < end; i += ${GROUP}u) {
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
  const groups = Math.ceil(size / STRETCH);
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
