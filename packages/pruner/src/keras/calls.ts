import { isRecord } from '@secateur/input';
import { badModel, called, isSerialized, type Json, type Serialized } from './json.ts';

/** A tensor of a graph: the layer that gives it, which of its calls, which output. */
type Place = readonly [layer: string, call: number, output: number];

/**
 * The calls of a layer, in the lists of places that TensorFlow.js reads, from the arguments that Keras 3 writes:
 * `{ args: [tensor], kwargs: {} }`. The lists of Keras 2 are handed on. `models` are the names of models that are layers.
 */
export function convertCalls(
  layer: Serialized,
  calls: unknown,
  models: ReadonlySet<string>,
): unknown {
  if (!Array.isArray(calls)) return [];
  return calls.map((call: unknown) => {
    if (!isRecord(call)) return call;
    const inputs = [
      ...tensorsOf(call['args']),
      ...Object.entries((call['kwargs'] ?? {}) as Json).flatMap(([key, value]) =>
        convertKeyword(layer, key, value),
      ),
    ];
    return inputs.map((place) => [...shift(place, models), {}]);
  });
}

/** A keyword argument: the initial states are inputs like others; what a default is changes nothing. */
function convertKeyword(layer: Serialized, key: string, value: unknown): Place[] {
  if (key === 'initial_state') return tensorsOf(value);
  // Whether a model trains is decided when it is called; a mask comes from the layers before.
  if (key === 'training' || value === null) return [];
  throw badModel(
    `expected a call of ${called(layer)} with its inputs alone, found the argument ${key}; TensorFlow.js cannot pass it.`,
  );
}

/** All tensors in arguments, in their order, at any depth of lists. */
function tensorsOf(value: unknown): Place[] {
  if (Array.isArray(value)) return value.flatMap(tensorsOf);
  if (!isSerialized(value) || value.class_name !== '__keras_tensor__') return [];
  const history = value.config['keras_history'];
  if (!isPlace(history)) {
    throw badModel(
      `expected keras_history [layer, call, output] of a tensor, found ${JSON.stringify(history)}; is the model.json whole?`,
    );
  }
  return [history];
}

/** The inputs or the outputs of a model: Keras 3 writes a single one without a list round it. */
export function convertEnds(
  model: Serialized,
  ends: unknown,
  models: ReadonlySet<string>,
): readonly Place[] {
  if (isPlace(ends)) return [shift(ends, models)];
  if (Array.isArray(ends) && ends.every(isPlace)) return ends.map((end) => shift(end, models));
  throw badModel(
    `expected inputs and outputs of ${called(model)} as a list, found ${JSON.stringify(ends)?.slice(0, 80)}; inputs and outputs in a dictionary or in nested lists cannot be converted.`,
  );
}

/** In TensorFlow.js the first call of a model is its own, with which it was made. Keras 3 does not count that one. */
function shift([layer, call, output]: Place, models: ReadonlySet<string>): Place {
  return [layer, models.has(layer) ? call + 1 : call, output];
}

function isPlace(value: unknown): value is Place {
  return Array.isArray(value) && typeof value[0] === 'string' && value.length === 3;
}
