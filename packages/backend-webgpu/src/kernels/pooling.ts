import {
  AvgPool3DGrad,
  AvgPoolGrad,
  type KernelConfig,
  MaxPool,
  MaxPool3D,
  MaxPool3DGrad,
  MaxPoolGrad,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import {
  type PoolAttributes,
  poolWindows,
  stockConfig,
  type Windows,
} from '@secateur/backend/kernels';
import { type GpuBackend, sizeOf } from '../gpu-backend.ts';
import { makeOutput, type Program, run, type Uniforms } from '../program.ts';
import { bits } from './numbers.ts';

/** WGSL functions that every program here uses: where a window begins and ends along an axis, and where an entry lies. */
const windows = `
  ${bits}
  fn begin(window : u32, stride : u32, before : i32) -> u32 {
    return u32(max(0, i32(window * stride) - before));
  }
  fn end(window : u32, stride : u32, before : i32, size : u32, input : u32) -> u32 {
    return min(input, u32(max(0, i32(window * stride + size) - before)));
  }
  fn placeOf(image : u32, z : u32, y : u32, x : u32) -> u32 {
    return ((image * uniforms.in_d + z) * uniforms.in_h + y) * uniforms.in_w + x;
  }
  struct Box { z : u32, y : u32, x : u32, z_end : u32, y_end : u32, x_end : u32 };
  fn boxOf(d : u32, h : u32, w : u32) -> Box {
    return Box(
      begin(d, uniforms.stride_d, before_d()),
      begin(h, uniforms.stride_h, before_h()),
      begin(w, uniforms.stride_w, before_w()),
      end(d, uniforms.stride_d, before_d(), uniforms.size_d, uniforms.in_d),
      end(h, uniforms.stride_h, before_h(), uniforms.size_h, uniforms.in_h),
      end(w, uniforms.stride_w, before_w(), uniforms.size_w, uniforms.in_w),
    );
  }
  fn before_d() -> i32 { return bitcast<i32>(uniforms.before_d); }
  fn before_h() -> i32 { return bitcast<i32>(uniforms.before_h); }
  fn before_w() -> i32 { return bitcast<i32>(uniforms.before_w); }`;

/** The place of a window's maximum: of several the first, and any NaN before all numbers. */
const maximum = `
  fn maximumOf(image : u32, box : Box, channel : u32) -> u32 {
    var best = placeOf(image, box.z, box.y, box.x) * uniforms.channels + channel;
    var most = x[best];
    for (var z = box.z; z < box.z_end; z++) {
      for (var y = box.y; y < box.y_end; y++) {
        for (var c = box.x; c < box.x_end; c++) {
          let at = placeOf(image, z, y, c) * uniforms.channels + channel;
          let value = x[at];
          if (!isNan(most) && (isNan(value) || value > most)) {
            most = value;
            best = at;
          }
        }
      }
    }
    return best;
  }`;

const eachOutput = `
  let i = group * LANES + lane;
  if (i >= uniforms.entries) { return; }
  let channel = i % uniforms.channels;
  let w = i / uniforms.channels % uniforms.out_w;
  let h = i / uniforms.channels / uniforms.out_w % uniforms.out_h;
  let d = i / uniforms.channels / uniforms.out_w / uniforms.out_h % uniforms.out_d;
  let image = i / uniforms.channels / uniforms.out_w / uniforms.out_h / uniforms.out_d;
  let box = boxOf(d, h, w);`;

const maxima: Program = {
  name: 'maxPool',
  declarations: windows + maximum,
  main: `${eachOutput} out[i] = x[maximumOf(image, box, channel)];`,
};

const maximumPositions: Program = {
  name: 'maxPool places',
  declarations: windows + maximum,
  main: `${eachOutput} out[i] = i32(maximumOf(image, box, channel));`,
};

/** Each entry of the input adds up what the windows send it that hold it, in their order. */
const gathered = (share: string): string => `
  let i = group * LANES + lane;
  if (i >= uniforms.entries) { return; }
  let channel = i % uniforms.channels;
  let x = i / uniforms.channels % uniforms.in_w;
  let y = i / uniforms.channels / uniforms.in_w % uniforms.in_h;
  let z = i / uniforms.channels / uniforms.in_w / uniforms.in_h % uniforms.in_d;
  let image = i / uniforms.channels / uniforms.in_w / uniforms.in_h / uniforms.in_d;
  var sum = 0.0;
  let d_end = lastWindow(z, uniforms.stride_d, before_d(), uniforms.out_d);
  let h_end = lastWindow(y, uniforms.stride_h, before_h(), uniforms.out_h);
  let w_end = lastWindow(x, uniforms.stride_w, before_w(), uniforms.out_w);
  for (var d = firstWindow(z, uniforms.stride_d, before_d(), uniforms.size_d); d < d_end; d++) {
    for (var h = firstWindow(y, uniforms.stride_h, before_h(), uniforms.size_h); h < h_end; h++) {
      for (var w = firstWindow(x, uniforms.stride_w, before_w(), uniforms.size_w); w < w_end; w++) {
        let window = ((image * uniforms.out_d + d) * uniforms.out_h + h) * uniforms.out_w + w;
        let entry = window * uniforms.channels + channel;
        ${share}
      }
    }
  }
  out[i] = sum;`;

const reached = `
  fn firstWindow(at : u32, stride : u32, before : i32, size : u32) -> u32 {
    return u32(max(0, i32(at) + before - i32(size) + i32(stride)) / i32(stride));
  }
  fn lastWindow(at : u32, stride : u32, before : i32, count : u32) -> u32 {
    return min(count, u32(max(0, i32(at) + before + i32(stride)) / i32(stride)));
  }`;

const maximumSlopes: Program = {
  name: 'maxPoolGrad',
  declarations: windows + reached,
  main: gathered('if (places[entry] == i32(i)) { sum += dy[entry]; }'),
};

const meanSlopes: Program = {
  name: 'avgPoolGrad',
  declarations: windows + reached,
  main: gathered(`
    let box = boxOf(d, h, w);
    let entries = (box.z_end - box.z) * (box.y_end - box.y) * (box.x_end - box.x);
    sum += dy[entry] / f32(entries);`),
};

function uniformsOf(
  entries: number,
  { channels, input, output, size, strides, before }: Windows,
): Uniforms {
  const axes = ['d', 'h', 'w'];
  const named = (name: string, numbers: readonly number[]): [string, ['u32', number]][] =>
    axes.map((axis, k) => [`${name}_${axis}`, ['u32', numbers[k]! >>> 0]]);
  return {
    entries: ['u32', entries],
    channels: ['u32', channels],
    ...Object.fromEntries([
      ...named('in', input),
      ...named('out', output),
      ...named('size', size),
      ...named('stride', strides),
      ...named('before', before),
    ]),
  };
}

/**
 * Makes the kernels of max pooling and of the gradients of both poolings, over images and volumes. The stock ones skip NaN,
 * send the gradient to the last of several maxima, and divide gradients of means by entries that lie in the padding.
 */
export function poolKernels(): KernelConfig[] {
  const forward = [MaxPool, MaxPool3D].map((kernelName): KernelConfig => {
    const stock = stockConfig(kernelName, 'webgpu');
    return {
      ...stock,
      kernelFunc: (call) => {
        const { x } = call.inputs as { x: TensorInfo };
        if (x.dtype !== 'float32') return stock.kernelFunc(call);
        const pooled = poolWindows(x.shape, call.attrs as unknown as PoolAttributes);
        return overWindows(call.backend as unknown as GpuBackend, maxima, x, pooled, 'float32');
      },
    };
  });
  const backward = [MaxPoolGrad, MaxPool3DGrad, AvgPoolGrad, AvgPool3DGrad].map(
    (kernelName): KernelConfig => ({
      kernelName,
      backendName: 'webgpu',
      kernelFunc: (call) => {
        const backend = call.backend as unknown as GpuBackend;
        const { dy, input } = call.inputs as { dy: TensorInfo; input: TensorInfo };
        const pooled = poolWindows(input.shape, call.attrs as unknown as PoolAttributes);
        const out = makeOutput(backend, input.shape);
        const entries = sizeOf(out);
        if (entries === 0) return out;
        const means = kernelName === AvgPoolGrad || kernelName === AvgPool3DGrad;
        const maximaAt = means
          ? undefined
          : overWindows(backend, maximumPositions, input, pooled, 'int32');
        run(
          backend,
          means ? meanSlopes : maximumSlopes,
          { inputs: { dy, ...(maximaAt !== undefined && { places: maximaAt }) }, outputs: { out } },
          uniformsOf(entries, pooled),
          { entries: entries },
        );
        if (maximaAt !== undefined) backend.disposeData(maximaAt.dataId);
        return out;
      },
    }),
  );
  return [...forward, ...backward];
}

function overWindows(
  backend: GpuBackend,
  program: Program,
  x: TensorInfo,
  pooled: Windows,
  dtype: 'float32' | 'int32',
): TensorInfo {
  const out = makeOutput(backend, pooled.outShape, dtype);
  const entries = sizeOf(out);
  if (entries === 0) return out;
  run(backend, program, { inputs: { x }, outputs: { out } }, uniformsOf(entries, pooled), {
    entries: entries,
  });
  return out;
}
