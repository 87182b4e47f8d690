import type { InferenceSession } from 'onnxruntime-web';
import type { Job, Prepared } from '../process/job.ts';
import { prepareStacked, type Forward, type StackedInput } from './forward-passes.ts';
import { startOnnx, type OnnxRuntime, type RuntimeInput } from './onnx-runtime.ts';
import { stackedOnnx } from './onnx.ts';
import { inputsOf, STEPS, type StackedNetwork } from './stacked.ts';

/** Makes the files of stacked networks ready in ONNX Runtime. */
export async function prepare(input: StackedInput & RuntimeInput, job: Job): Promise<Prepared> {
  const runtime = await startOnnx(input, job);
  const prepared = await prepareStacked(input, {}, (network) => {
    const sessions = [false, true].map((softmax) => runtime.session(stackedOnnx(network, softmax)));
    return async ({ batch, softmax }) =>
      forward(runtime, await sessions[Number(softmax)]!, network, batch);
  });
  return { ...prepared, facts: { ...prepared.facts, ...runtime.facts() } };
}

/** ONNX has time first; the inputs are turned before the clock starts, and the outputs only to be compared. */
function forward(
  { Tensor }: OnnxRuntime,
  session: InferenceSession,
  network: StackedNetwork,
  batch: number,
): Forward {
  const turned = swapAxes(inputsOf(network, batch), batch, STEPS, network.input);
  const x = new Tensor('float32', turned, [STEPS, batch, network.input]);
  let compared = false;
  return async () => {
    const { y } = await session.run({ x });
    const values = y!.data as Float32Array;
    if (compared) return values;
    compared = true;
    return swapAxes(values, STEPS, batch, values.length / (STEPS * batch));
  };
}

/** `[first, second, width]` to `[second, first, width]`. */
function swapAxes(
  values: Float32Array,
  first: number,
  second: number,
  width: number,
): Float32Array {
  const result = new Float32Array(values.length);
  for (let i = 0; i < first; i++) {
    for (let j = 0; j < second; j++) {
      const from = (i * second + j) * width;
      result.set(values.subarray(from, from + width), (j * first + i) * width);
    }
  }
  return result;
}
