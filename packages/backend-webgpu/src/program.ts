// Programs of our own: several outputs, and one number or vector more than TensorFlow.js's runner binds.
import { env, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { BackendError } from '@secateur/backend';
import { type GpuBackend, sizeOf } from './gpu-backend.ts';
import { type Tuning, tuningOf } from './tuning.ts';

/** A program in WGSL over named tensors. */
export interface Program {
  /** Its name; with the names of its tensors it says which code this is. */
  readonly name: string;
  /** Functions and workgroup variables beside `main`. */
  readonly declarations?: string;
  /** What one invocation does; it knows `group` (of `uniforms.groups`), `lane` (of `LANES`) and `STRETCH`, all u32. */
  readonly main: string;
}

/** The tensors of a call by their names in the program; float32 tensors are `array<f32>` there, others `array<i32>`. */
export interface Tensors {
  /** Read only. */
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  /** Read and written: outputs of this call, or of calls before it. */
  readonly outputs: Readonly<Record<string, TensorInfo>>;
}

/** Uniforms of a call by name. */
export type Uniforms = Readonly<Record<string, ['u32' | 'f32', number]>>;

/** How many workgroups a program runs in, or how many entries there are of which each lane has one. */
export type Groups = number | { readonly entries: number };

/** Types of the tensors that programs write. */
export type OutputType = 'float32' | 'int32' | 'bool';

/** Makes a tensor whose values a program will write. */
export function makeOutput(
  backend: GpuBackend,
  shape: number[],
  dtype: OutputType = 'float32',
): TensorInfo {
  // Without a size there is nothing on the device, and a read needs values.
  const values = sizeOf({ shape }) === 0 ? util.getTypedArrayFromDType(dtype, 0) : undefined;
  return backend.makeTensorInfo(shape, dtype, values);
}

const [COPY_DST, UNIFORM] = [0x08, 0x40]; // GPUBufferUsage
const COMPUTE = 0x4; // GPUShaderStage

const pipelines = new WeakMap<GpuBackend, Map<string, GPUComputePipeline>>();

/**
 * Runs a program. No tensor may be empty: WebGPU has no empty bindings. Throws a
 * {@link BackendError} when the work does not fit the device's limits.
 */
export function run(
  backend: GpuBackend,
  program: Program,
  tensors: Tensors,
  uniforms: Uniforms,
  groups: Groups,
): void {
  const prepared = prepare(backend, program, tensors, [uniforms], groups);
  prepared.run(0);
  prepared.release();
}

/** A program that is bound to its tensors, ready to run several times. */
export interface Prepared {
  /** Runs it with one of the sets of uniforms. */
  run(set: number): void;
  /** Gives the uniforms back, after the last run. */
  release(): void;
}

/**
 * Binds a program to tensors, and to several sets of uniforms with the same names, which reach the device
 * together: a step of a sequence then costs the CPU no more than its dispatch. Errors are those of {@link run}.
 */
export function prepare(
  backend: GpuBackend,
  program: Program,
  { inputs, outputs }: Tensors,
  sets: readonly Uniforms[],
  work: Groups,
): Prepared {
  const { device } = backend;
  const groups =
    typeof work === 'number' ? work : Math.ceil(work.entries / tuningOf(backend).lanes);
  const tensors = [...Object.values(outputs), ...Object.values(inputs)];
  const [across, down] = spread(groups, device.limits.maxComputeWorkgroupsPerDimension);
  const pipeline = pipelineOf(backend, program, { inputs, outputs }, sets[0]!);
  for (const { dataId } of tensors) backend.uploadToGPU(dataId);
  const uniforms = makeUniforms(backend, groups, sets);
  const bindings = [...tensors.map((tensor) => bufferOf(backend, tensor)), uniforms.binding];
  const bindGroup = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: bindings.map((resource, binding) => ({ binding, resource })),
  });
  return {
    run(set) {
      for (const { dataId } of tensors) backend.commandQueueOwnedIds.add(dataId);
      backend.ensureCommandEncoderReady();
      backend.computePassEncoder ??= backend.commandEncoder!.beginComputePass();
      backend.computePassEncoder.setPipeline(pipeline);
      backend.computePassEncoder.setBindGroup(0, bindGroup, [set * uniforms.stride]);
      backend.computePassEncoder.dispatchWorkgroups(across, down);
      backend.dispatchCountInPass++;
      if (env().getNumber('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE') <= backend.dispatchCountInPass) {
        backend.endComputePassEncoder();
        backend.submitQueue();
      }
    },
    release: uniforms.release,
  };
}

/** Writes sets of uniforms, each of them behind the number of workgroups, to where a device can begin a binding. */
function makeUniforms(
  backend: GpuBackend,
  groups: number,
  sets: readonly Uniforms[],
): { binding: GPUBufferBinding; stride: number; release: () => void } {
  const { device, bufferManager } = backend;
  const size = 4 * (1 + Object.keys(sets[0]!).length);
  const least = device.limits.minUniformBufferOffsetAlignment;
  const stride = Math.ceil(size / least) * least;
  const bytes = stride * (sets.length - 1) + size;
  const words = new Uint32Array(bytes / 4);
  const floats = new Float32Array(words.buffer);
  sets.forEach((set, k) => {
    let at = (k * stride) / 4;
    words[at] = groups;
    for (const [type, value] of Object.values(set)) (type === 'u32' ? words : floats)[++at] = value;
  });
  const buffer = bufferManager.acquireBuffer(bytes, UNIFORM | COPY_DST);
  device.queue.writeBuffer(buffer as unknown as GPUBuffer, 0, words.buffer, 0, bytes);
  return {
    binding: { buffer: buffer as unknown as GPUBuffer, offset: 0, size },
    stride,
    // Not before the last run: a buffer that is free is written to at once, ahead of runs that were not submitted yet.
    release: () => backend.uniformPendingDisposal.push(buffer),
  };
}

/** Spreads workgroups over two dimensions of at most `most` each; the second is 1 when they fit one. */
export function spread(groups: number, most: number): [across: number, down: number] {
  const down = Math.ceil(groups / most);
  if (down <= most) return [Math.ceil(groups / Math.max(1, down)), Math.max(1, down)];
  throw new BackendError(
    `webgpu: expected at most ${most} x ${most} workgroups, found ${groups}; take a smaller batch or fewer steps.`,
    { code: 'unsupported' },
  );
}

/** Which numbers {@link copy} takes and where it puts them; all of them to the front when left out. */
export interface CopyRange {
  readonly source?: number;
  readonly target?: number;
  readonly count?: number;
}

/** Copies `count` numbers from one tensor to another on the device. */
export function copy(
  backend: GpuBackend,
  from: TensorInfo,
  to: TensorInfo,
  { source = 0, target = 0, count = sizeOf(from) }: CopyRange = {},
): void {
  if (count === 0) return;
  for (const { dataId } of [from, to]) {
    backend.uploadToGPU(dataId);
    backend.commandQueueOwnedIds.add(dataId);
  }
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.commandEncoder!.copyBufferToBuffer(
    bufferOf(backend, from).buffer,
    4 * source,
    bufferOf(backend, to).buffer,
    4 * target,
    4 * count,
  );
}

function bufferOf(backend: GpuBackend, { dataId }: TensorInfo): GPUBufferBinding {
  return { buffer: backend.tensorMap.get(dataId).resource as unknown as GPUBuffer };
}

function pipelineOf(
  backend: GpuBackend,
  program: Program,
  tensors: Tensors,
  uniforms: Uniforms,
): GPUComputePipeline {
  let known = pipelines.get(backend);
  if (known === undefined) pipelines.set(backend, (known = new Map()));
  const names = [...Object.keys(tensors.outputs), '<', ...Object.keys(tensors.inputs)];
  const { lanes, stretch } = tuningOf(backend);
  const key = `${program.name} ${names.join()} ${lanes} ${stretch}`;
  let pipeline = known.get(key);
  if (pipeline === undefined) {
    const code = source(program, tensors, uniforms, { lanes, stretch });
    const module = backend.device.createShaderModule({ code, label: program.name });
    pipeline = backend.device.createComputePipeline({
      layout: layoutOf(backend.device, tensors),
      label: program.name,
      compute: { module, entryPoint: 'start' },
    });
    known.set(key, pipeline);
  }
  return pipeline;
}

/** The bindings of a program, in the order of {@link prepare}; its uniforms are one of several sets. */
function layoutOf(device: GPUDevice, { inputs, outputs }: Tensors): GPUPipelineLayout {
  const buffers: GPUBufferBindingLayout[] = [
    ...Object.keys(outputs).map(() => ({ type: 'storage' as const })),
    ...Object.keys(inputs).map(() => ({ type: 'read-only-storage' as const })),
    { type: 'uniform', hasDynamicOffset: true },
  ];
  const entries = buffers.map((buffer, binding) => ({ binding, visibility: COMPUTE, buffer }));
  return device.createPipelineLayout({
    bindGroupLayouts: [device.createBindGroupLayout({ entries })],
  });
}

/** The whole program: its bindings in the order of {@link prepare}, and an entry point that numbers the workgroups. */
function source(
  program: Program,
  { inputs, outputs }: Tensors,
  uniforms: Uniforms,
  { lanes, stretch }: Pick<Tuning, 'lanes' | 'stretch'>,
): string {
  const bindings = [
    ...Object.entries(outputs).map(([name, info]) => ['read_write', name, info] as const),
    ...Object.entries(inputs).map(([name, info]) => ['read', name, info] as const),
  ];
  const fields = Object.entries(uniforms).map(([name, [type]]) => `${name} : ${type},`);
  return `
    const LANES = ${lanes}u;
    const STRETCH = ${stretch}u;
    struct Uniforms { groups : u32, ${fields.join(' ')} };
    ${bindings
      .map(
        ([access, name, { dtype }], index) =>
          `@group(0) @binding(${index}) var<storage, ${access}> ${name} : array<${dtype === 'float32' ? 'f32' : 'i32'}>;`,
      )
      .join('\n')}
    @group(0) @binding(${bindings.length}) var<uniform> uniforms : Uniforms;
    ${program.declarations ?? ''}
    fn body(group : u32, lane : u32) {
      ${program.main}
    }
    @compute @workgroup_size(LANES)
    fn start(
      @builtin(local_invocation_index) lane : u32,
      @builtin(workgroup_id) place : vec3<u32>,
      @builtin(num_workgroups) extent : vec3<u32>,
    ) {
      let group = place.x + place.y * extent.x;
      if (group < uniforms.groups) { body(group, lane); }
    }`;
}
