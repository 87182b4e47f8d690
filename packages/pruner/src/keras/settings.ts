import { isRecord } from '@secateur/input';
import { badModel, called, isSerialized, type Json, type Serialized } from './json.ts';

/** What only the writer of a file needs, and what changes nothing that a model computes. */
const dropped = new Set(
  [
    'module registered_name build_config shared_object_id'.split(' '),
    'seed synchronized renorm_clipping renorm_momentum zero_output_for_mask'.split(' '),
  ].flat(),
);

/**
 * Settings that TensorFlow.js passes over, by the values at which that changes nothing. A layer with another value
 * would compute something else without a word.
 */
const skipped: Readonly<Record<string, readonly unknown[]>> = {
  ragged: [false],
  optional: [false],
  keepdims: [false],
  groups: [1],
  negative_slope: [0],
  threshold: [0],
  renorm: [false],
  rms_scaling: [false],
  output_padding: [null],
  quantization_config: [null],
};

/** The same for settings that other layers know. */
const skippedBy: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>> = {
  GlobalAveragePooling1D: { data_format: ['channels_last'] },
  GlobalMaxPooling1D: { data_format: ['channels_last'] },
  MaxPooling1D: { data_format: ['channels_last'] },
  AveragePooling1D: { data_format: ['channels_last'] },
  Conv2DTranspose: { dilation_rate: [[1, 1], 1] },
};

/** Settings with another name in TensorFlow.js. */
const renamed: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  InputLayer: { batch_shape: 'batch_input_shape' },
  LeakyReLU: { negative_slope: 'alpha' },
};

/** Classes with another name in TensorFlow.js. */
const classes: Readonly<Record<string, string>> = {
  LecunNormal: 'LeCunNormal',
  LecunUniform: 'LeCunUniform',
  IdentityInitializer: 'Identity',
  OrthogonalInitializer: 'Orthogonal',
  L1: 'L1L2',
  L2: 'L1L2',
};

/** The settings of a layer as TensorFlow.js takes them. `keras3` tells how an activation's name is meant. */
export function convertSettings(layer: Serialized, keras3: boolean): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(layer.config)) {
    if (dropped.has(key)) continue;
    const name = renamed[layer.class_name]?.[key];
    const harmless = skippedBy[layer.class_name]?.[key] ?? skipped[key];
    if (name === undefined && harmless !== undefined) {
      if (!harmless.some((one) => JSON.stringify(one) === JSON.stringify(value))) {
        throw badModel(
          `expected ${key} ${JSON.stringify(harmless[0])} in ${called(layer)}, which is all that TensorFlow.js computes, found ${JSON.stringify(value)}; it would compute something else.`,
        );
      }
      continue;
    }
    settings[name ?? key] = convertValue(layer, key, value, keras3);
  }
  return settings;
}

function convertValue(layer: Serialized, key: string, value: unknown, keras3: boolean): unknown {
  if (key === 'dtype') return convertDtype(layer, value);
  if (key.endsWith('activation')) return convertActivation(layer, key, value, keras3);
  // An initializer, a regularizer or a constraint; layers inside layers come elsewhere.
  if (!isSerialized(value)) return value;
  const config = convertSettings(value, keras3);
  return { class_name: classes[value.class_name] ?? value.class_name, config };
}

/** A policy says in which type a layer computes and in which it keeps its weights: here both are float32. */
function convertDtype(layer: Serialized, value: unknown): unknown {
  const name = isSerialized(value) ? value.config['name'] : value;
  if (['mixed_float16', 'mixed_bfloat16'].includes(String(name))) return 'float32';
  if (name === null || ['float32', 'int32', 'bool', 'string'].includes(String(name))) return name;
  throw badModel(
    `expected float32 as the dtype of ${called(layer)}, found ${JSON.stringify(name)}; TensorFlow.js computes in float32, so save the model with that policy.`,
  );
}

function convertActivation(
  layer: Serialized,
  key: string,
  value: unknown,
  keras3: boolean,
): unknown {
  // A function of Keras's own may be written as an object.
  const name = isRecord(value) && typeof value['config'] === 'string' ? value['config'] : value;
  if (name === 'silu') return 'swish';
  if (name === 'hard_sigmoid' && keras3) {
    throw badModel(
      `expected an activation that means the same in TensorFlow.js as ${key} of ${called(layer)}, found hard_sigmoid: Keras 3 computes x / 6 + 0.5 within 0 and 1, TensorFlow.js and Keras 2 compute 0.2 x + 0.5.`,
    );
  }
  return name;
}

/** Whether two layers compute the same, but for the given keys and for what their weights began with. */
export function sameSettings(a: Json, b: Json, except: readonly string[]): boolean {
  const rest = (settings: Json): string =>
    JSON.stringify(
      Object.entries(settings)
        .filter(([key]) => !except.includes(key) && !key.endsWith('_initializer'))
        .sort(([one], [other]) => (one < other ? -1 : 1)),
    );
  return rest(a) === rest(b);
}
