import { dispose, scalar, tensor, variable, type Tensor } from '@tensorflow/tfjs-core';
import { describeBackend } from '@secateur/testing';
import { expect, test } from 'vitest';
import { readVariables, writeVariables } from '@secateur/training';
import { thrownBy } from './thrown-by.ts';

const make = (values: number[], shape: number[], name: string): ReturnType<typeof variable> => {
  const initial = tensor(values, shape);
  const made = variable(initial, true, name);
  initial.dispose();
  return made;
};

describeBackend('readVariables and writeVariables', () => {
  test('carry every bit over, denormals and negative zero too', async () => {
    const w = make([1.1, -0, 1e-42, Infinity], [2, 2], 'w');
    const state = scalar(3, 'int32');
    const read = await readVariables({ w, state });
    expect(read['w']!.shape).toEqual([2, 2]);
    expect(read['state']).toEqual({ shape: [], data: Int32Array.of(3) });
    const copy = make([0, 0, 0, 0], [2, 2], 'copy');
    writeVariables({ w: copy }, { ...read, unused: { shape: [1], data: Float32Array.of(1) } });
    const { w: back } = await readVariables({ w: copy });
    expect(new Int32Array(back!.data.buffer)).toEqual(
      new Int32Array(Float32Array.of(1.1, -0, 1e-42, Infinity).buffer),
    );
    dispose([w, state, copy]);
  });

  test('share no array with the variable', async () => {
    const w = make([1, 2], [2], 'w');
    const saved = { shape: [2], data: Float32Array.of(3, 4) };
    writeVariables({ w }, { w: saved });
    saved.data[0] = 99;
    const read = await readVariables({ w });
    read['w']!.data[1] = 99;
    expect([...w.dataSync()]).toEqual([3, 4]);
    w.dispose();
  });

  test('name a missing tensor with the nearest one, and assign nothing then', () => {
    const a = make([1], [1], 'a');
    const w = make([2], [1], 'lstm1/kernel');
    const saved = {
      a: { shape: [1], data: Float32Array.of(5) },
      'lstm1/kernels': { shape: [1], data: Float32Array.of(5) },
    };
    const error = thrownBy(() => {
      writeVariables({ a, 'lstm1/kernel': w }, saved);
    });
    expect(error.message).toBe(
      'writeVariables: expected a saved tensor "lstm1/kernel", found "lstm1/kernels" as the nearest; build the model that was saved, with the same names.',
    );
    expect(error.code).toBe('tensors');
    expect(a.dataSync()[0]).toBe(1);
    dispose([a, w]);
  });

  test('name another shape or type', () => {
    const w = make([1, 2], [2, 1], 'w');
    const write = (shape: number[], data: Float32Array | Int32Array) => () => {
      writeVariables({ w }, { w: { shape, data } });
    };
    expect(write([1, 2], Float32Array.of(1, 2))).toThrow(
      'writeVariables: expected float32 [2, 1] for "w", found float32 [1, 2]; build the model with the sizes that were saved',
    );
    expect(write([2, 1], Int32Array.of(1, 2))).toThrow(
      'expected float32 [2, 1] for "w", found int32 [2, 1]',
    );
    expect(write([3], Float32Array.of(1, 2))).toThrow(
      'expected as many elements in "w" as its shape [3] has, found 2',
    );
    expect(() => {
      writeVariables({ w }, null as never);
    }).toThrow('writeVariables: expected tensors by name, found null');
    w.dispose();
  });

  test('refuse other types', async () => {
    const flag: Tensor = scalar(true, 'bool');
    await expect(readVariables({ flag })).rejects.toThrow(
      'readVariables: expected a tensor of float32 or int32 as "flag", found bool; cast it first.',
    );
    flag.dispose();
  });
});
