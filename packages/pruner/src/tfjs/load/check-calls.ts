import { isRecord, shown } from '@secateur/input';
import { type Json } from '../../keras/json.ts';
import { type PrunerError, modelError } from '../../pruner-error.ts';

/** A call of a layer that waits for its inputs: the tensors that it takes, each by layer, call and output. */
interface Call {
  readonly layer: string;
  readonly inputs: readonly unknown[];
}

/**
 * Checks for every model of a topology, at any depth, that its layers can be called in some order. TensorFlow.js waits
 * without end for a call that never comes: of a layer that is not there, with a number that it does not reach, or in a circle.
 *
 * @throws {@link PrunerError} that names a layer whose input nothing gives.
 */
export function checkCalls(topology: unknown): void {
  if (Array.isArray(topology)) topology.forEach(checkCalls);
  if (!isRecord(topology)) return;
  const { layers } = topology;
  if (Array.isArray(layers) && layers.some((layer) => callsOf(layer).length > 0)) {
    checkModel(layers.filter(isRecord));
  }
  Object.values(topology).forEach(checkCalls);
}

/** Makes the calls of a model in the rounds in which TensorFlow.js makes them, until a round makes none. */
function checkModel(layers: readonly Json[]): void {
  const callCounts = new Map(layers.map((layer) => [nameOf(layer), firstCalls(layer)]));
  let waiting = layers.flatMap((layer) =>
    callsOf(layer).map((inputs): Call => ({ layer: nameOf(layer), inputs })),
  );
  while (waiting.length > 0) {
    const left = waiting.filter(({ layer, inputs }) => {
      if (!inputs.every((input) => isThere(input, callCounts))) return true;
      // A call without inputs is none.
      if (inputs.length > 0) callCounts.set(layer, callCounts.get(layer)! + 1);
      return false;
    });
    if (left.length === waiting.length) throw missing(left[0]!, callCounts);
    waiting = left;
  }
}

function isThere(input: unknown, callCounts: ReadonlyMap<string, number>): boolean {
  const [layer, call] = Array.isArray(input) ? (input as unknown[]) : [];
  return Number(call) < (callCounts.get(String(layer)) ?? 0);
}

function missing({ layer, inputs }: Call, callCounts: ReadonlyMap<string, number>): PrunerError {
  const input = inputs.find((each) => !isThere(each, callCounts));
  return modelError(
    `expected for each input of layer ${shown(layer)} a call of another layer that gives it, found ${shown(input)}, which no call gives; the file is damaged.`,
  );
}

/** The name by which calls refer to a layer, which stands beside its settings. */
function nameOf({ name }: Json): string {
  return String(name);
}

/** The inputs of each call of a layer. */
function callsOf(layer: unknown): (readonly unknown[])[] {
  const calls = isRecord(layer) ? (layer['inbound_nodes'] ?? layer['inboundNodes']) : undefined;
  return Array.isArray(calls) ? calls.filter((call) => Array.isArray(call)) : [];
}

/** Calls that a layer has as soon as it is made: an input and a model have one, that of their own inputs. */
function firstCalls(layer: Json): number {
  const kind = layer['class_name'] ?? layer['className'];
  const inner = isRecord(layer['config']) && Array.isArray(layer['config']['layers']);
  return kind === 'InputLayer' || inner ? 1 : 0;
}
