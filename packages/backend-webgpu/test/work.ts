/** What a program had a WebGPU device do. */
export interface Work {
  /** Programs run on the device. */
  dispatches: number;
  /** Compute passes, each of which waits for the one before. */
  passes: number;
  /** Copies between buffers of the device. */
  copies: number;
  /** Command buffers handed to the queue. */
  submits: number;
  /** Writes of uniforms. */
  writes: number;
  /** Lists of bindings made. */
  bindGroups: number;
  /** Programs compiled. */
  pipelines: number;
  /** Buffers made, not taken from those that are free. */
  buffers: number;
  /** Bytes that came from the CPU: tensors and uniforms. */
  uploaded: number;
  /** Reads that the CPU waited for. */
  reads: number;
  /** Bytes that came back. */
  read: number;
}

const none = (): Work => ({
  ...{ dispatches: 0, passes: 0, copies: 0, submits: 0, writes: 0, bindGroups: 0, pipelines: 0 },
  ...{ buffers: 0, uploaded: 0, reads: 0, read: 0 },
});

/** Anything with methods. */
type Methods = Record<string, (...args: never[]) => unknown>;

/**
 * Counts what a device does from now on; each call of the function that is returned gives what was done since the last one.
 * Methods of the device and of what it makes are wrapped, and stay so.
 */
export function countWork(device: GPUDevice): () => Work {
  let work = none();
  const wrap = <T extends object>(
    object: T,
    calls: Readonly<Record<string, (args: never[], result: never) => void>>,
  ): T => {
    for (const [name, note] of Object.entries(calls)) {
      const method = (object as unknown as Methods)[name]!.bind(object) as (
        ...args: never[]
      ) => unknown;
      Object.defineProperty(object, name, {
        configurable: true,
        value: (...args: never[]) => {
          const result = method(...args);
          note(args, result as never);
          return result;
        },
      });
    }
    return object;
  };
  wrap(device.queue, {
    submit: () => work.submits++,
    writeBuffer: ([, , , , size]: [unknown, unknown, unknown, unknown, number]) => {
      work.writes++;
      work.uploaded += size;
    },
  } as never);
  wrap(device, {
    createBindGroup: () => work.bindGroups++,
    createComputePipeline: () => work.pipelines++,
    createBuffer: (
      [{ size, usage, mappedAtCreation }]: [GPUBufferDescriptor],
      buffer: GPUBuffer,
    ) => {
      work.buffers++;
      if (mappedAtCreation === true) work.uploaded += size;
      const isForReading = (usage & 0x1) !== 0; // GPUBufferUsage.MAP_READ
      if (!isForReading) return;
      wrap(buffer, {
        mapAsync: () => {
          work.reads++;
          work.read += size;
        },
      });
    },
    createCommandEncoder: (_: unknown, encoder: GPUCommandEncoder) => {
      wrap(encoder, {
        copyBufferToBuffer: () => work.copies++,
        beginComputePass: (__: unknown, pass: GPUComputePassEncoder) => {
          work.passes++;
          wrap(pass, { dispatchWorkgroups: () => work.dispatches++ } as never);
        },
      } as never);
    },
  } as never);
  return () => {
    const done = work;
    work = none();
    return done;
  };
}
