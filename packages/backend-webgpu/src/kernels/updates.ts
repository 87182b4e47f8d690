import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { type AdamSettings, KERNELS, type SgdSettings } from '@secateur/backend/kernels';
import { sizeOf } from '../gpu-backend.ts';
import { makeOutput, type Program, run } from '../program.ts';
import { fusedKernel, type GpuKernel, matrixOf } from './fused-kernel.ts';
import { bindSmall, penalized } from './penalized.ts';

/** Makes the kernels that write gradients and weights: `PenalizedGradient`, `SgdStep`, `AdamStep`, `ShrinkWeight`. */
export function updateKernels(): KernelConfig[] {
  return [
    fusedKernel(KERNELS.penalizedGradient, penalizedGradient),
    fusedKernel(KERNELS.sgdStep, sgdStep),
    fusedKernel(KERNELS.adamStep, adamStep),
    fusedKernel(KERNELS.shrinkWeight, shrinkWeight),
  ];
}

/** A program in which every lane has one entry `i` of a tensor of `uniforms.size`. */
function elementwise(name: string, declarations: string, body: string): Program {
  return {
    name,
    declarations,
    main: `
      let i = group * LANES + lane;
      if (i >= uniforms.size) { return; }
      ${body}`,
  };
}

/**
 * Zeroes what is smaller than the threshold in absolute value. Compared as bits, whose order is that of the numbers, and
 * where NaN is larger than all of them: WGSL lets a comparison of floats assume that there is no NaN.
 */
const zeroSmall = `
  fn zeroSmall(x : f32) -> f32 {
    return select(x, 0.0, (bitcast<u32>(x) & 0x7fffffffu) < uniforms.threshold);
  }`;

/** The bits of a threshold in single precision, for {@link zeroSmall}. */
function bitsOf(threshold: number): number {
  return new Uint32Array(Float32Array.of(threshold).buffer)[0]!;
}

const penalizedGradient: GpuKernel = (backend, inputs) => {
  const { shape } = inputs['gradient']!;
  const out = makeOutput(backend, shape);
  const size = sizeOf(out);
  if (size === 0) return out;
  const call = penalized(backend, inputs, 1);
  run(
    backend,
    elementwise(`penalizedGradient ${call.variant}`, call.declarations, 'out[i] = penalized(i);'),
    { inputs: call.inputs, outputs: { out } },
    call.uniforms,
    { entries: size },
  );
  call.release();
  return out;
};

const sgdStep: GpuKernel = (backend, inputs, attrs) => {
  const { learningRate, threshold } = attrs as unknown as SgdSettings;
  const { weight } = inputs as { weight: TensorInfo };
  const out = makeOutput(backend, weight.shape);
  const size = sizeOf(out);
  if (size === 0) return out;
  const call = penalized(backend, inputs, 1);
  run(
    backend,
    elementwise(
      `sgdStep ${call.variant}`,
      call.declarations + zeroSmall,
      'out[i] = zeroSmall(uniforms.rate * penalized(i) + weight[i]);',
    ),
    { inputs: { ...call.inputs, weight }, outputs: { out } },
    { ...call.uniforms, rate: ['f32', -learningRate], threshold: ['u32', bitsOf(threshold)] },
    { entries: size },
  );
  call.release();
  return out;
};

const adamStep: GpuKernel = (backend, inputs, attrs) => {
  const { learningRate, beta1, beta2, epsilon, threshold } = attrs as unknown as AdamSettings;
  const { weight, firstMoment, secondMoment } = inputs as Record<
    'weight' | 'firstMoment' | 'secondMoment',
    TensorInfo
  >;
  const [out, first, second] = [0, 1, 2].map(() => makeOutput(backend, weight.shape)) as [
    TensorInfo,
    TensorInfo,
    TensorInfo,
  ];
  const size = sizeOf(out);
  if (size === 0) return [out, first, second];
  const call = penalized(backend, inputs, 5);
  run(
    backend,
    elementwise(
      `adamStep ${call.variant}`,
      call.declarations + zeroSmall,
      `
      let g = penalized(i);
      let m = firstMoment[i] * uniforms.beta1 + g * uniforms.rest1;
      let v = secondMoment[i] * uniforms.beta2 + g * g * uniforms.rest2;
      let root = sqrt(v / ${call.entry('correction2')}) + uniforms.epsilon;
      first[i] = m;
      second[i] = v;
      out[i] = zeroSmall(uniforms.rate * (m / ${call.entry('correction1')} / root) + weight[i]);`,
    ),
    {
      inputs: { ...call.inputs, weight, firstMoment, secondMoment },
      outputs: { out, first, second },
    },
    {
      ...call.uniforms,
      rate: ['f32', -learningRate],
      beta1: ['f32', beta1],
      rest1: ['f32', 1 - beta1],
      beta2: ['f32', beta2],
      rest2: ['f32', 1 - beta2],
      epsilon: ['f32', epsilon],
      threshold: ['u32', bitsOf(threshold)],
    },
    { entries: size },
  );
  call.release();
  return [out, first, second];
};

const shrinkWeight: GpuKernel = (backend, inputs, attrs) => {
  const { weight } = inputs as { weight: TensorInfo };
  const out = makeOutput(backend, weight.shape);
  const size = sizeOf(out);
  if (size === 0) return out;
  const bound = bindSmall(backend, inputs, 2);
  const factors = bound.factors(' * ');
  // Smaller than the smallest number is only zero, so that -0 becomes 0 even without a threshold.
  const threshold = Math.max(1, bitsOf(attrs['threshold'] as number));
  run(
    backend,
    elementwise(
      `shrinkWeight ${bound.variant}`,
      zeroSmall,
      `out[i] = zeroSmall(weight[i]${factors === undefined ? '' : ` * ${factors}`});`,
    ),
    { inputs: { weight, ...bound.inputs }, outputs: { out } },
    {
      size: ['u32', size],
      columns: ['u32', matrixOf(inputs, size)[1]],
      threshold: ['u32', threshold],
    },
    { entries: size },
  );
  bound.release();
  return out;
};
