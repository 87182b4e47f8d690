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

/**
 * Order of a GRU's three blocks of columns, a permutation of `zrn` (update, reset, candidate): `zrn` for Keras and ONNX,
 * `rzn` for PyTorch.
 */
export type GruGateOrder = string;

/** Which of a GRU's three blocks holds each gate. */
export interface GruGatePositions {
  /** Block of the update gate, 0 to 2. */
  readonly z: number;
  /** Block of the reset gate. */
  readonly r: number;
  /** Block of the candidate, the only one with a tanh. */
  readonly n: number;
}

/** Finds each gate's block; throws a {@link BackendError} unless `gates` is a permutation of `zrn`. */
export function gruGatePositions(
  gates: GruGateOrder,
  caller = 'gruGatePositions',
): GruGatePositions {
  if (typeof gates !== 'string' || [...gates].sort().join('') !== 'nrz') {
    throw new BackendError(
      `${caller}: expected gates to be a permutation of "zrn", found ${JSON.stringify(gates)}; use "zrn" for Keras and ONNX weights, "rzn" for PyTorch.`,
    );
  }
  return { z: gates.indexOf('z'), r: gates.indexOf('r'), n: gates.indexOf('n') };
}
