import type { ModelProto } from 'onnx-buf';
import { argumentError } from '../error.ts';

/** An array that a runtime makes a tensor of. */
export interface OnnxState {
  /** `[1, batch, units]` */
  readonly dims: readonly number[];
  /** Row by row. */
  readonly data: Float32Array;
}

/**
 * The states that a file of {@link toOnnx} or {@link layersModelToOnnx} takes before the first step: zeros for so many sequences, by
 * the names of its inputs.
 *
 * @throws {@link OnnxError} for a batch that is no whole number.
 *
 * @example
 * ```ts
 * import { lstmLayer, sequence } from '@secateur/cells';
 * import { toOnnx, zeroStates } from '@secateur/onnx';
 *
 * const net = sequence(lstmLayer('lstm1', { input: 'features', units: 'h1' }));
 * const dims = { features: 3, h1: 2 };
 * const model = toOnnx(net, { weights: net.init(dims, 1), layout: net.layout(dims) });
 * const states = zeroStates(model, 1);
 * Object.keys(states); // => ['lstm1/h0', 'lstm1/c0']
 * states['lstm1/h0']; // => { dims: [1, 1, 2], data: [0, 0] }
 * ```
 */
export function zeroStates(model: ModelProto, batch: number): Record<string, OnnxState> {
  if (!Number.isSafeInteger(batch) || batch < 0) {
    throw argumentError(
      `zeroStates: expected a whole number of sequences, found ${String(batch)}.`,
    );
  }
  return Object.fromEntries(
    [...stateUnits(model)].map(([name, units]) => [
      name,
      { dims: [1, batch, units], data: new Float32Array(batch * units) },
    ]),
  );
}

/** The inputs of a file that are states by their names, with their units. */
export function stateUnits(model: ModelProto): Map<string, number> {
  const states = new Map<string, number>();
  for (const { name, type } of model.graph?.input ?? []) {
    const value = type?.value.case === 'tensorType' ? type.value.value : undefined;
    const [, , last] = value?.shape?.dim ?? [];
    if (/\/[^/]+0$/.test(name) && last?.value.case === 'dimValue') {
      states.set(name, Number(last.value.value));
    }
  }
  return states;
}

/**
 * The states that a step gave, by the names under which the next step takes them: `lstm1/hn` as `lstm1/h0`.
 *
 * @example
 * ```ts
 * import { nextStates } from '@secateur/onnx';
 *
 * // What a session gave, with numbers in place of tensors.
 * const results = { y: 1, 'lstm1/hn': 2, 'lstm1/cn': 3 };
 * nextStates(results); // => { 'lstm1/h0': 2, 'lstm1/c0': 3 }
 * ```
 */
export function nextStates<T>(outputs: Readonly<Record<string, T>>): Record<string, T> {
  const states = Object.entries(outputs).filter(([name]) => /\/[^/]+n$/.test(name));
  return Object.fromEntries(states.map(([name, value]) => [`${name.slice(0, -1)}0`, value]));
}
