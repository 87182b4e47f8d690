import type { Tensor3D } from '@tensorflow/tfjs-core';
import { bidirectional } from '../bidirectional.ts';
import { checkTensor } from '../check.ts';
import { argumentError } from '../error.ts';
import { stateless, trainingAfter, type Layer } from './layer.ts';
import type { RecurrentLayer } from './recurrent-layer.ts';

/**
 * Two recurrent layers over the same input `[batch, time, features]`, one of which reads each sequence from its own end: their
 * outputs side by side, those of `forward` first, zero beyond the `lengths` it is applied with. It carries no state on.
 * Each drops its states in training as it is told, with a mask of its own.
 *
 * @throws {@link CellError} when both have one name, as they would share their weights.
 *
 * @example
 * ```ts
 * import { ones, tidy } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { bidirectionalLayer, gruLayer, sequence, weightTensors } from '@secateur/cells';
 *
 * await useBackend('cpu');
 *
 * const forward = gruLayer('forward', { input: 'features', units: 'fwd' });
 * const backward = gruLayer('backward', { input: 'features', units: 'bwd' });
 * // What comes after it reads the axis `fwd + bwd`.
 * const net = sequence(bidirectionalLayer(forward, backward));
 * const outputs = tidy(() => {
 *   const weights = weightTensors(net.init({ features: 2, fwd: 1, bwd: 2 }, 1));
 *   return net.apply(weights, ones([1, 2, 2]), { lengths: [1] }).outputs.dataSync();
 * });
 * outputs.map((y) => (y === 0 ? 0 : 1)); // => [1, 1, 1, 0, 0, 0]
 * ```
 */
export function bidirectionalLayer(forward: RecurrentLayer, backward: RecurrentLayer): Layer {
  if (forward.name === backward.name) {
    throw argumentError(
      `bidirectionalLayer: expected layers of different names, found "${forward.name}" twice; rename one.`,
    );
  }
  const name = `${forward.name} and ${backward.name}`;
  return {
    kind: 'bidirectional',
    name,
    forward,
    backward,
    states: {},
    draws: forward.draws + backward.draws,
    weights: { ...forward.weights, ...backward.weights },
    apply(weights, x, { lengths, training } = {}) {
      checkTensor(name, 'x', x, 'float32', ['batch', 'time', 'input']);
      const run = (layer: RecurrentLayer, draws: number) => (part: Tensor3D) =>
        layer.apply(weights, part, trainingAfter(training, draws)).outputs as Tensor3D;
      const all = lengths ?? new Int32Array(x.shape[0]!).fill(x.shape[1]!);
      return {
        outputs: bidirectional(x as Tensor3D, all, run(forward, 0), run(backward, forward.draws)),
        state: stateless,
      };
    },
  };
}
