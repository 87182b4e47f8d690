import { denseLayer, sequence } from '@secateur/cells';
import {
  addLayer,
  layersModelToOnnx,
  onnxGraph,
  onnxLayout,
  OnnxError,
  pruneOnnx,
  toOnnx,
  verifyOnnx,
} from '@secateur/onnx';
import { expect, test } from 'vitest';

const other = { other: 1 } as never;
const layer = denseLayer('out', { input: 'x', output: 'y' });

const calls: Readonly<Record<string, () => unknown>> = {
  addLayer: () => addLayer(onnxGraph(), layer, 'x', other),
  layersModelToOnnx: () => layersModelToOnnx({} as never, other),
  node: () => onnxGraph().node('Relu', [], other),
  onnxLayout: () => onnxLayout({} as never, other),
  pruneOnnx: () => pruneOnnx(new Uint8Array(0), other),
  toOnnx: () => toOnnx(sequence(layer), { weights: {}, layout: {} as never }, other),
  verifyOnnx: () => verifyOnnx(new Uint8Array(0), new Uint8Array(0), other),
};

test.each(Object.entries(calls))(
  '%s refuses an option that it does not know',
  async (name, call) => {
    const error: unknown = await Promise.resolve()
      .then(call)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OnnxError);
    expect((error as Error).message).toMatch(
      new RegExp(
        `^${name}: expected options among .+, found "other"; correct it or leave it out\\.$`,
      ),
    );
  },
);
