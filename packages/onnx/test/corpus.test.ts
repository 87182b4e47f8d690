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

/** The units of each recurrent node and direction, as `fixtures/make.py` sets them; where a product that both directions share makes them one, once. */
const units = (name: string): number[] => {
  if (name === 'tf2onnx-lstm') return [6, 6];
  if (name === 'tf2onnx-both') return [6, 6, 5, 5];
  // tf2onnx makes loops of them.
  if (name.startsWith('tf2onnx')) return [6];
  if (name.startsWith('node')) {
    if (/gru-(batchwise)/.test(name)) return [6];
    if (name === 'node-lstm-batchwise') return [7];
    if (/lstm-(defaults|reverse|bidirectional|with-peepholes)|gru-with-initial-bias/.test(name))
      return [3];
    return [/simple-rnn-(?!with)|lstm-with-initial-bias/.test(name) ? 4 : 5];
  }
  // The second of its layers is normalized.
  if (/normalized|conv-rnn|gru-states|lstm-states$/.test(name)) return [6];
  return name.endsWith('-both') ? [6, 6, 6, 6] : [6, 6];
};
/** ONNX Runtime on CPUs does not run nodes that have the batch first. */
const unrunnable = (name: string): boolean => name.endsWith('batchwise');

describe.each(corpus)('%s', (name) => {
  const bytes = fixture(name);

  it('is written as it was read', () => {
    expect(Buffer.compare(encodeOnnx(decodeOnnx(bytes)), bytes)).toBe(0);
  });

  it('has the units that its maker gave it', () => {
    const layout = onnxLayout(decodeOnnx(bytes), { states: 'resize' });
    expect(recurrentDims(layout).map((dim) => layout.dims[dim])).toEqual(units(name));
  });

  it('loses dead units and computes the same', async () => {
    const layout = onnxLayout(decodeOnnx(bytes), { states: 'resize' });
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
