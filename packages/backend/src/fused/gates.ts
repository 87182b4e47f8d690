import { BackendError } from '../backend-error.ts';

/**
 * Order of an LSTM's four blocks of columns, a permutation of `ifgo` (input, forget, candidate, output): `ifgo` for
 * Keras and PyTorch, `igfo` for TensorFlow 1, `iofg` for ONNX.
 */
export type GateOrder = string;

/** Which of the four blocks holds each gate. */
export interface GatePositions {
  /** Block of the input gate, 0 to 3. */
  readonly i: number;
  /** Block of the forget gate. */
  readonly f: number;
  /** Block of the candidate, the only one with a tanh. */
  readonly g: number;
  /** Block of the output gate. */
  readonly o: number;
}

/** Finds each gate's block; throws a {@link BackendError} unless `gates` is a permutation of `ifgo`. */
export function gatePositions(gates: GateOrder, caller = 'gatePositions'): GatePositions {
  if (typeof gates !== 'string' || [...gates].sort().join('') !== 'fgio') {
    throw new BackendError(
      `${caller}: expected gates to be a permutation of "ifgo", found ${JSON.stringify(gates)}; use "ifgo" for Keras and PyTorch weights, "igfo" for TensorFlow 1.`,
    );
  }
  return {
    i: gates.indexOf('i'),
    f: gates.indexOf('f'),
    g: gates.indexOf('g'),
    o: gates.indexOf('o'),
  };
}
