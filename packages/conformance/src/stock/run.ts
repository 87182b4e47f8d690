import { dispose, engine, grads, tensor, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { attrsOf, type Call, type Entry, type Output } from './entry.ts';
import type { Input, NumberType } from './draw.ts';

const tensorOf = ({ shape, dtype, values }: Input): Tensor =>
  tensor(values as number[], [...shape], dtype);

/** Whether the inputs are a list: their names are its places. */
const isList = (names: readonly string[]): boolean => names[0] === '0';

function tensorsOf({ inputs }: Call): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, tensorOf(input)]));
}

function runKernel(kernel: string, call: Call, inputs: Record<string, Tensor>): Tensor[] {
  const given = isList(Object.keys(inputs)) ? Object.values(inputs) : inputs;
  const result = engine().runKernel(kernel, given as Record<string, Tensor>, attrsOf(call)) as
    Tensor | Tensor[];
  return Array.isArray(result) ? result : [result];
}

/** Reads tensors and disposes them. */
async function read(tensors: readonly Tensor[]): Promise<Output[]> {
  try {
    return await Promise.all(
      tensors.map(async (each) => ({
        shape: [...each.shape],
        dtype: each.dtype as NumberType,
        values: (await each.data()).slice(),
      })),
    );
  } finally {
    dispose([...tensors]);
  }
}

/** Runs a call on the current backend. */
export function outputsOf({ kernel }: Entry, call: Call): Promise<Output[]> {
  return read(tidy(() => runKernel(kernel, call, tensorsOf(call))));
}

/** Whether gradients of a call are compared: TensorFlow.js has them, and the inputs are floats. */
export function hasGradients({ gradients, hasGradient }: Entry, call: Call): boolean {
  if (gradients === undefined || gradients.length === 0) return false;
  const floats = gradients.every((name) => call.inputs[name]!.dtype === 'float32');
  return floats && (hasGradient?.(call) ?? true);
}

/** Runs `work`. When it throws, disposes the tensors that TensorFlow.js has kept for gradients: it forgets them then. */
function releasing<T>(work: () => T): T {
  const kept: Tensor[] = [];
  const running = engine();
  const keep = running.keep.bind(running);
  running.keep = (result) => {
    kept.push(result);
    return keep(result);
  };
  try {
    return work();
  } catch (error) {
    dispose(kept);
    throw error;
  } finally {
    Reflect.deleteProperty(running, 'keep');
  }
}

/** The gradients of a call's first output for the inputs that the entry names, with `dy` upstream. */
export function gradientsOf(
  { kernel, gradients = [] }: Entry,
  call: Call,
  dy: Input,
): Promise<Output[]> {
  const compute = (): Tensor[] =>
    tidy(() => {
      const inputs = tensorsOf(call);
      const names = isList(Object.keys(inputs)) ? Object.keys(inputs) : [...gradients];
      const slope = grads((...given: Tensor[]) => {
        const all = { ...inputs, ...Object.fromEntries(names.map((name, i) => [name, given[i]!])) };
        return runKernel(kernel, call, all)[0]!;
      });
      return slope(
        names.map((name) => inputs[name]!),
        tensorOf(dy),
      );
    });
  return read(releasing(compute));
}
