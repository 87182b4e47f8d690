import {
  badModel,
  called,
  isModelConfig,
  isSerialized,
  layersOf,
  type Serialized,
} from './json.ts';
import { convertCalls, convertEnds } from './calls.ts';
import { convertSettings, sameSettings } from './settings.ts';

/** A model as TensorFlow.js takes it, from a model as Keras wrote it. */
export function convertModel(model: Serialized, keras3: boolean): Serialized {
  const inner = layersOf(model);
  const { name, build_input_shape: shape } = model.config;
  if (model.class_name === 'Sequential') {
    const layers = inner.map((layer) => convertLayer(layer, keras3));
    return { class_name: 'Sequential', config: { name, layers: withInputShape(layers, shape) } };
  }
  // Keras 2 counts the calls of models as TensorFlow.js does.
  const models = new Set(
    keras3 ? inner.filter(isModelConfig).map((layer) => String(layer['name'])) : [],
  );
  const layers = inner.map((layer) => ({
    name: layer['name'],
    ...convertLayer(layer, keras3),
    inbound_nodes: convertCalls(layer, layer['inbound_nodes'], models),
  }));
  const [inputs, outputs] = ['input_layers', 'output_layers'].map((key) =>
    convertEnds(model, model.config[key], models),
  );
  const config = { name, layers, input_layers: inputs, output_layers: outputs };
  return { class_name: model.class_name, config };
}

/** A layer or a cell, with those inside it. */
function convertLayer(layer: Serialized, keras3: boolean): Serialized {
  if (isModelConfig(layer)) return convertModel(layer, keras3);
  const { class_name: kind, config } = layer;
  const { layer: wrapped, backward_layer: backward, cell, cells, ...ownSettings } = config;
  const settings = convertSettings({ class_name: kind, config: ownSettings }, keras3);
  const inside = (value: unknown): Serialized => {
    if (isSerialized(value)) return convertLayer(value, keras3);
    throw badModel(
      `expected a layer with class_name and config inside ${called(layer)}, found ${JSON.stringify(value)?.slice(0, 80)}; is the model.json whole?`,
    );
  };
  if (cell !== undefined) settings['cell'] = inside(cell);
  if (Array.isArray(cells)) settings['cells'] = cells.map(inside);
  if (wrapped !== undefined) settings['layer'] = inside(wrapped);
  if (kind === 'Bidirectional') {
    const forward = inside(wrapped);
    if (backward !== undefined && backward !== null) {
      checkBackward(layer, forward, inside(backward));
    }
    // Keras 3 writes the name that the wrapper gave it; TensorFlow.js gives it again.
    const name = String(forward.config['name']).replace(/^forward_/, '');
    settings['layer'] = { ...forward, config: { ...forward.config, name } };
  }
  const resets = config['reset_after'] === true && (kind === 'GRU' || kind === 'GRUCell');
  return { class_name: resets ? `ResetAfter${kind}` : kind, config: settings };
}

/** TensorFlow.js makes the backward layer from the forward one, so a file must not ask for another. */
function checkBackward(layer: Serialized, forward: Serialized, backward: Serialized): void {
  const same = sameSettings(forward.config, backward.config, ['name', 'go_backwards']);
  const turned = forward.config['go_backwards'] !== backward.config['go_backwards'];
  if (forward.class_name === backward.class_name && same && turned) return;
  throw badModel(
    `expected a backward layer in ${called(layer)} that is the forward one turned round, as TensorFlow.js makes it, found other settings.`,
  );
}

/** A Sequential that was built without an InputLayer says beside its layers what it was built for. */
function withInputShape(layers: readonly Serialized[], shape: unknown): readonly Serialized[] {
  const [first, ...others] = layers;
  const known =
    first === undefined ||
    first.class_name === 'InputLayer' ||
    isModelConfig(first) ||
    first.config['batch_input_shape'] !== undefined;
  if (known || !Array.isArray(shape)) return layers;
  return [{ ...first, config: { ...first.config, batch_input_shape: shape } }, ...others];
}
