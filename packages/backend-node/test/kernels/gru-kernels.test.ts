import { engine, memory, tensor, tidy, type NamedTensorMap } from '@tensorflow/tfjs-core';
import {
  composedGruSequence,
  composedGruSequenceGrad,
  KERNELS,
  useBackend,
  type FusedKernelName,
  type GruSequenceAttributes,
} from '@secateur/backend';
import {
  expectAllClose,
  gruAttributes,
  gruTensors,
  gruValues,
  numbers,
  type LstmSizes,
} from '@secateur/testing';
import { beforeAll, expect, test } from 'vitest';
import { describeNative } from '../native.ts';
import { nativeTensors } from './handles.ts';

const sizes: readonly LstmSizes[] = [
  { batch: 1, time: 1, input: 1, units: 1 },
  { batch: 3, time: 5, input: 2, units: 7 },
  { batch: 2, time: 4, input: 0, units: 3 },
  { batch: 1, time: 6, input: 3, units: 17 },
  { batch: 4, time: 1, input: 3, units: 2 },
  { batch: 5, time: 3, input: 9, units: 33 },
  { batch: 2, time: 3, input: 4, units: 0 },
];

await describeNative('GRU sequences', () => {
  beforeAll(() => useBackend('node'));

  test.each(sizes)(
    'and their gradients give all outputs of the composed forms at $batch x $time x $input -> $units',
    (size) => {
      const before = memory().numTensors;
      let native: number | undefined;
      for (const attributes of gruAttributes) {
        tidy(() => {
          const inputs: NamedTensorMap = { ...gruTensors(gruValues(size), size) };
          const wanted = composedGruSequence(inputs, attributes);
          expectSame(KERNELS.gruSequence, inputs, attributes, wanted);
          const [y, activations] = wanted;
          const dy = tensor(Float32Array.from(numbers(y.size, 9)), y.shape);
          const given = { ...inputs, dy, y, activations };
          const gradients = composedGruSequenceGrad(given, attributes);
          expectSame(KERNELS.gruSequenceGrad, given, attributes, gradients);
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
  attributes: GruSequenceAttributes,
  wanted: ReturnType<typeof composedGruSequence | typeof composedGruSequenceGrad>,
): void {
  const found = engine().runKernel(name, inputs, { ...attributes }) as unknown as typeof wanted;
  expect(found.map(({ shape }) => shape)).toEqual(wanted.map(({ shape }) => shape));
  found.forEach((output, at) => {
    expectAllClose(output, wanted[at]!, { rtol: 1e-4, atol: 1e-5 });
  });
}
