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
import { testUnknownOptions } from '@secateur/testing/unknown-options';

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

testUnknownOptions(OnnxError, calls);
