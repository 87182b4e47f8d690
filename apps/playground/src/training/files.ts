import { io } from '@tensorflow/tfjs-core';
import { layoutToJson } from '@secateur/groups';
import { encodeOnnx, toOnnx } from '@secateur/onnx';
import { fetchVariables, toLayersModel } from '@secateur/pruner/tfjs';
import { encodeSafetensors } from '@secateur/safetensors';
import { zip } from '../zip.ts';
import type { Format } from './messages.ts';
import { outputsOf, type Session } from './session.ts';

/** A file to download. */
export interface Download {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** The network as it is now, in a format. */
export async function fileOf(session: Session, format: Format): Promise<Download> {
  const { sized, task, settings } = session;
  const { layout, variables } = session.training;
  const weights = await fetchVariables(variables);
  const type = 'application/octet-stream';
  if (format === 'onnx') {
    const bytes = encodeOnnx(toOnnx(sized.net, { weights, layout }));
    return { name: 'network.onnx', type, bytes: Uint8Array.from(bytes) };
  }
  if (format === 'safetensors') {
    const order = sized.net.layers.map(({ name }) => name);
    const facts = settings.cell === 'rhn' ? { transformBias: -1 } : { forgetBias: 1 };
    const metadata = { layout: layoutToJson(layout), order, facts };
    const bytes = encodeSafetensors(weights, { secateur: JSON.stringify(metadata) });
    return { name: 'network.safetensors', type, bytes: Uint8Array.from(bytes) };
  }
  if (format === 'check') {
    const x = [...task.validation.x];
    const outputs = await outputsOf(session, weights);
    const shape = [task.rows, task.steps, ...(task.symbols === undefined ? [task.width!] : [])];
    const json = { shape, x, outputs: [...outputs], symbols: task.symbols, classes: task.classes };
    return { name: 'check.json', type: 'application/json', bytes: utf8(JSON.stringify(json)) };
  }
  return { name: 'network.zip', type: 'application/zip', bytes: await layersModel(session) };
}

/** `model.json` and its weights, as TensorFlow.js itself writes them. */
async function layersModel({ sized, training }: Session): Promise<Uint8Array<ArrayBuffer>> {
  const { layout, variables } = training;
  const model = toLayersModel(sized.net, { weights: await fetchVariables(variables), layout });
  let entries: Parameters<typeof zip>[0] = [];
  await model.save(
    io.withSaveHandler((artifacts) => {
      const { weightData, weightSpecs, ...rest } = artifacts;
      const bytes = new Uint8Array(io.CompositeArrayBuffer.join(weightData));
      const manifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
      const json = { ...rest, weightsManifest: manifest };
      entries = [
        { name: 'model.json', bytes: utf8(JSON.stringify(json)) },
        { name: 'weights.bin', bytes },
      ];
      const saved = io.getModelArtifactsInfoForJSON(artifacts);
      return Promise.resolve({ modelArtifactsInfo: saved });
    }),
  );
  model.dispose();
  return zip(entries);
}
