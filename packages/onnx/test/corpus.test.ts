import * as node from 'onnxruntime-node';
import * as web from 'onnxruntime-web';
import { describe, expect, it } from 'vitest';
import { recurrentDims } from '@secateur/groups';
import {
  decodeOnnx,
  encodeOnnx,
  onnxLayout,
  pruneOnnx,
  verifyOnnx,
  type OnnxRuntime,
} from '../src/index.ts';
import { corpus, fixture, plant } from './corpus.ts';

web.env.wasm.numThreads = 1;
const runtimes: Readonly<Record<string, OnnxRuntime>> = { node, web };

/** Units that each file can lose, by the nodes that have them; what is not named has none. */
const expected: Readonly<Record<string, Readonly<Record<string, number>>>> = {};
/** ONNX Runtime on CPUs does not run nodes that have the batch first. */
const unrunnable = (name: string): boolean => name.endsWith('batchwise');

describe.each(corpus)('%s', (name) => {
  const bytes = fixture(name);

  it('is written as it was read', () => {
    expect(Buffer.compare(encodeOnnx(decodeOnnx(bytes)), bytes)).toBe(0);
  });

  it('has the units that are known', () => {
    const layout = onnxLayout(decodeOnnx(bytes), { states: 'resize' });
    const dims = recurrentDims(layout);
    console.log(
      JSON.stringify(name),
      ':',
      JSON.stringify(Object.fromEntries(dims.map((dim) => [dim, layout.dims[dim]!]))),
      ',',
    );
  });

  it('loses dead units and computes the same', async () => {
    const layout = onnxLayout(decodeOnnx(bytes), { states: 'resize' });
    if (recurrentDims(layout).length === 0) {
      expect(() => pruneOnnx(bytes, { states: 'resize' })).toThrow('keeps its');
      return;
    }
    const planted = plant(bytes, 'resize');
    const pruned = pruneOnnx(planted.bytes, { states: 'resize' });
    expect(pruned.exact).toBe(true);
    for (const [dim, gone] of Object.entries(planted.dead)) {
      expect(pruned.kept[dim], dim).not.toContain(gone[0]);
      expect(pruned.kept[dim]!.length, dim).toBe(layout.dims[dim]! - gone.length);
    }
    expect(pruned.bytes.length).toBeLessThan(bytes.length);
    if (unrunnable(name)) return;
    for (const runtime of Object.values(runtimes)) {
      const { maxAbsDifference, values } = await verifyOnnx(planted.bytes, pruned.bytes, {
        runtime,
      });
      expect(values).toBeGreaterThan(0);
      expect(maxAbsDifference).toBeLessThanOrEqual(1e-6);
    }
  });
});
