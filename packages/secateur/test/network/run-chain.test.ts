import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openModel } from '../../src/files/open-model.ts';
import { fixture } from '../support/fixture.ts';

interface Recorded {
  readonly shape: readonly number[];
  readonly x: readonly number[];
  readonly y: readonly number[];
}

const outputs = JSON.parse(readFileSync(fixture('outputs.json'), 'utf8')) as Readonly<
  Record<string, Recorded>
>;

describe('chainRunner', () => {
  test.each(['words', 'both'])('%s gives what PyTorch gave in float64', async (name) => {
    const { shape, x, y } = outputs[name]!;
    const runner = await (await openModel(fixture(`${name}.safetensors`), '.')).runner();
    const [spec] = runner.inputs(shape[0]!, shape[1]!);
    expect(spec!.shape).toEqual(shape);
    const [found] = await runner.run([{ ...spec!, data: Float64Array.from(x) }]);
    expect(found!.data).toHaveLength(y.length);
    y.forEach((value, i) => {
      expect(Math.abs(found!.data[i]! - value)).toBeLessThan(1e-12);
    });
  });
  test('ids are below the size of the table', async () => {
    const runner = await (await openModel(fixture('words.safetensors'), '.')).runner();
    expect(runner.inputs(2, 4)).toEqual([{ name: 'ids', shape: [2, 4], below: 20 }]);
  });
});
