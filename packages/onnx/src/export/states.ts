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

/** The states that a step gave, by the names under which the next step takes them: `lstm1/hn` as `lstm1/h0`. */
export function nextStates<T>(outputs: Readonly<Record<string, T>>): Record<string, T> {
  const states = Object.entries(outputs).filter(([name]) => /\/[^/]+n$/.test(name));
  return Object.fromEntries(states.map(([name, value]) => [`${name.slice(0, -1)}0`, value]));
}
