import { engine, memory, tensor, tidy, type NamedTensorMap } from '@tensorflow/tfjs-core';
import {
  composedRhnSequence,
  composedRhnSequenceGrad,
  KERNELS,
  useBackend,
  type FusedKernelName,
} from '@secateur/backend';
import { expectAllClose, numbers, rhnTensors, rhnValues, type RhnSizes } from '@secateur/testing';
import { beforeAll, expect, test } from 'vitest';
import { describeNative } from '../native.ts';
import { nativeTensors } from './handles.ts';

const sizes: readonly RhnSizes[] = [
  { batch: 1, time: 1, input: 1, units: 1, depth: 1 },
  { batch: 3, time: 5, input: 2, units: 7, depth: 1 },
  { batch: 2, time: 4, input: 0, units: 3, depth: 2 },
  { batch: 1, time: 6, input: 3, units: 17, depth: 3 },
  { batch: 4, time: 1, input: 3, units: 2, depth: 2 },
  { batch: 2, time: 3, input: 5, units: 5, depth: 10 },
  { batch: 2, time: 3, input: 4, units: 0, depth: 2 },
];

await describeNative('RHN sequences', () => {
  beforeAll(() => useBackend('node'));

  test.each(sizes)(
    'and their gradients give all outputs of the composed forms at $batch x $time x $input -> $units, depth $depth',
    (size) => {
      const before = memory().numTensors;
      let native: number | undefined;
      for (const transformBias of [-2, 0, 0.5]) {
        tidy(() => {
          const inputs: NamedTensorMap = { ...rhnTensors(rhnValues(size), size) };
          const wanted = composedRhnSequence(inputs, { transformBias });
          expectSame(KERNELS.rhnSequence, inputs, { transformBias }, wanted);
          const [y, activations, states] = wanted;
          const dy = tensor(Float32Array.from(numbers(y.size, 9)), y.shape);
          const given = { ...inputs, dy, y, activations, states };
          expectSame(KERNELS.rhnSequenceGrad, given, {}, composedRhnSequenceGrad(given));
        });
        // From the second pass on, as some handles are made once and kept.
        native ??= nativeTensors();
      }
      expect(memory().numTensors).toBe(before);
      expect(nativeTensors()).toBe(native);
    },
  );
});

function expectSame(
  name: FusedKernelName,
  inputs: NamedTensorMap,
  attributes: { transformBias?: number },
  wanted: ReturnType<typeof composedRhnSequence | typeof composedRhnSequenceGrad>,
): void {
  const found = engine().runKernel(name, inputs, attributes) as unknown as typeof wanted;
  expect(found.map(({ shape }) => shape)).toEqual(wanted.map(({ shape }) => shape));
  found.forEach((output, at) => {
    expectAllClose(output, wanted[at]!, { rtol: 1e-4, atol: 1e-5 });
  });
}
