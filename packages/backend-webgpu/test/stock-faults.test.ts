// What TensorFlow.js's own kernels do wrong, each proved on a device without our kernels; when one of these tests fails, a
// correction of ours has become unnecessary.
import {
  addN,
  argMax,
  avgPool,
  backend,
  cast,
  denseBincount,
  engine,
  env,
  grad,
  image,
  log1p,
  matMul,
  maxPool,
  mul,
  ones,
  pad,
  pow,
  setBackend,
  sum,
  tensor,
  tensor1d,
  type Tensor,
  type Tensor4D,
  tidy,
  transpose,
  unsortedSegmentSum,
  zeros,
} from '@tensorflow/tfjs-core';
import { useBackend } from '@secateur/backend';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findAdapter } from '../src/adapter.ts';
import type { GpuBackend } from '../src/gpu-backend.ts';
import { splitsInner } from '../src/kernels/products.ts';
import './describe-webgpu.ts';
import { made } from './values.ts';

const search = await findAdapter();
const missing = 'adapter' in search ? undefined : search.reason;
if (missing !== undefined && process.env['SECATEUR_REQUIRE_WEBGPU'] === '1')
  throw new Error(missing);

describe.skipIf(missing !== undefined)(
  `stock webgpu${missing === undefined ? '' : `: ${missing}`}`,
  () => {
    const errors: string[] = [];
    const five = Array.from({ length: 5 }, (): [number, number] => [0, 1]);
    const bincount = (values: number[], binaryOutput: boolean): Tensor =>
      denseBincount(tensor1d(values, 'int32'), [] as number[], 2, binaryOutput);
    const eluGradient = (y: number): Tensor =>
      engine().runKernel('EluGrad', { dy: tensor1d([1]), y: tensor1d([y]) });
    const device = (): GPUDevice => (backend() as unknown as GpuBackend).device;
    const read = async (make: () => Tensor): Promise<number[]> => {
      const made = tidy(make);
      const values = Array.from(await made.data());
      made.dispose();
      return values;
    };

    beforeAll(async () => {
      if (!('adapter' in search)) return;
      search.install();
      await import('@tensorflow/tfjs-backend-webgpu');
      await setBackend('webgpu');
      env().set('WEBGPU_CPU_FORWARD', false);
      device().addEventListener('uncapturederror', ({ error }) => errors.push(error.message));
    });
    afterAll(async () => {
      await device().queue.onSubmittedWorkDone();
      device().destroy();
    });

    test('a product over nothing is refused and returns what the memory held', async () => {
      for (let k = 0; k < 2; k++) await read(() => mul(ones([2, 3]), 7));
      expect(await read(() => matMul(zeros([2, 0]), zeros([0, 3])))).not.toEqual([
        0, 0, 0, 0, 0, 0,
      ]);
      expect(errors.join()).toContain('Binding size');
    });

    test('addN binds more tensors than the device takes', async () => {
      errors.length = 0;
      await read(() => addN(Array.from({ length: 9 }, () => ones([2]))));
      expect(errors.join()).toContain('number of storage buffers (10)');
    });

    test('a sum of nothing throws', () => {
      tidy(() => {
        expect(() => sum(zeros([2, 0]), 1)).toThrow();
        expect(() => sum(zeros([0]))).toThrow();
      });
    });

    test('UnsortedSegmentSum adds rows with an id beyond the segments to others', async () => {
      const ids = [0, -1, 5, 1];
      const found = await read(() =>
        unsortedSegmentSum(tensor1d([1, 2, 4, 8]), tensor1d(ids, 'int32'), 3),
      );
      expect(found).toEqual([1, 8, 4]); // the id 5 is none of the three segments: [1, 8, 0]
    });

    test('a product with a long inner dimension takes its parts in any order: it has atomics', () => {
      const [a, b] = [made([8, 4000], 1), made([4000, 40], 2)];
      const attrs = { transposeA: false, transposeB: false };
      const gpu = backend() as unknown as GpuBackend;
      const seen: string[] = [];
      const createShaderModule = device().createShaderModule.bind(device());
      device().createShaderModule = (descriptor) => {
        seen.push(descriptor.code);
        return createShaderModule(descriptor);
      };
      expect(splitsInner(gpu, a, b, attrs)).toBe(true);
      engine().runKernel('BatchMatMul', { a, b }, attrs as never);
      expect(seen.join()).toContain('atomic<i32>');
      seen.length = 0;
      const short = made([1999, 40], 2);
      const left = made([8, 1999], 1);
      expect(splitsInner(gpu, left, short, attrs)).toBe(false);
      engine().runKernel('BatchMatMul', { a: left, b: short }, attrs as never);
      expect(seen.join()).not.toContain('atomic<i32>');
    });

    test.each<[string, () => Tensor, string]>([
      [
        'a transposition of whole numbers',
        () => transpose(ones([2, 3, 2], 'int32'), [2, 0, 1]),
        'type mismatch',
      ],
      [
        'what is summed of them but along the last axis',
        () => sum(ones([2, 3, 2], 'int32'), 1),
        'type mismatch',
      ],
      ['padding of five axes', () => pad(ones([1, 1, 1, 1, 1]), [...five]), 'vec5'],
      ['counting with floats', () => bincount([0, 1], true), 'atomicStore'],
    ])('%s does not compile', async (_, make, message) => {
      errors.length = 0;
      await read(make);
      expect(errors.join()).toContain(message);
    });

    test('whole numbers that became floats are whole numbers still', () => {
      const { tensorMap } = backend() as unknown as { tensorMap: Map<object, { dtype: string }> };
      tidy(() => {
        const x = cast(tensor1d([1, 2], 'int32'), 'float32');
        expect([x.dtype, tensorMap.get(x.dataId)!.dtype]).toEqual(['float32', 'int32']);
      });
    });

    test('the place of a maximum in a vector is a vector', () => {
      tidy(() => {
        expect(argMax(tensor1d([1, 2])).shape).toEqual([1]);
      });
    });

    test.each<[string, () => Tensor, number[]]>([
      ['log1p below -1 is a number', () => log1p(tensor1d([-2])), [NaN]],
      ['a power of 0 is a number', () => pow(tensor1d([0]), -1), [Infinity]],
      ['the gradient of elu at infinity is infinite', () => eluGradient(Infinity), [1]],
      [
        'a gradient goes to the last of several maxima',
        () => grad((x: Tensor) => maxPool(x as Tensor4D, [2, 1], 1, 'valid'))(ones([1, 2, 1, 1])),
        [1, 0],
      ],
      [
        'gradients of means are shared with the padding',
        () => grad((x: Tensor) => avgPool(x as Tensor4D, [3, 1], 1, 'same'))(ones([1, 1, 1, 1])),
        [1],
      ],
      [
        'products of batches that are broadcast in the middle meet others',
        () => matMul(tensor([1, 2], [2, 1, 1, 1]), tensor([1, 2, 3, 4], [2, 2, 1, 1])),
        [1, 2, 6, 8],
      ],
      [
        'one row that became many gets no gradient',
        () =>
          grad((x: Tensor) => image.resizeBilinear(x as Tensor4D, [2, 2], true))(
            ones([1, 1, 2, 1]),
          ),
        [2, 2],
      ],
    ])('%s', async (_, make, right) => {
      expect(await read(make)).not.toEqual(right);
    });

    test('useBackend keeps a device that another program started, guarded and with our kernels', async () => {
      const stock = backend();
      const { features } = await useBackend('webgpu');
      expect(backend()).toBe(stock);
      expect(features).toMatchObject({ adapter: 'started elsewhere', software: 'unknown' });
      expect(await read(() => matMul(zeros([2, 0]), zeros([0, 2])))).toEqual([0, 0, 0, 0]);
      device().destroy();
      await device().lost;
      expect(() => mul(ones([2]), 2)).toThrow('found that it was lost');
      await useBackend('webgpu');
      expect(backend()).not.toBe(stock);
      expect(await read(() => mul(ones([2]), 2))).toEqual([2, 2]);
    });
  },
);
