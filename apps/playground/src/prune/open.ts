import { FileError, type Given, type Opened } from './opened.ts';
import { openLayersModel } from './layers-model/open-layers-model.ts';
import { openOnnx } from './open-onnx.ts';
import { openSafetensors } from './open-safetensors.ts';

/** Reads what a person gave: one ONNX or safetensors file, or `model.json` with its weights. */
export function openFiles(given: readonly Given[]): Opened {
  const end = (ending: string): Given | undefined =>
    given.find(({ name }) => name.toLowerCase().endsWith(ending));
  const [onnx, tensors, json] = [end('.onnx'), end('.safetensors'), end('.json')];
  if (onnx !== undefined) return openOnnx(onnx);
  if (tensors !== undefined) return openSafetensors(tensors);
  if (json !== undefined)
    return openLayersModel(
      json,
      given.filter((each) => each !== json),
    );
  const found = given.map(({ name }) => name).join(', ');
  const advice = given.some(({ name }) => name.endsWith('.bin')) ? ' Give model.json with it.' : '';
  throw new FileError(
    `Expected a file that ends in .onnx or .safetensors, or model.json with its weights, found ${found}.${advice}`,
  );
}
