// A network of so many gibibytes on WASM: what it computes is known exactly, so that one number overwritten shows.
import { dispose, fill, matMul, tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import { groupSquaredNorms } from '@secateur/backend/kernels';

/** Units of every layer; a weight takes 256 MiB. */
const units = 8192;
/** Layers to a gibibyte. */
const layersPerGibibyte = 4;

/** The weights of a network, each of one value. */
export interface Model {
  readonly weights: readonly Tensor2D[];
}

/** The one value of a weight: a power of two, so that all sums of it are exact. */
const valueOf = (layer: number): number => 2 ** (-13 + ((layer % 3) - 1));

/**
 * Makes the weights of a network of `gibibytes`.
 *
 * @throws BackendError when there is no room for one of them; those before it are disposed of after `inspect` saw them.
 */
export function makeModel(gibibytes: number, inspect: (part: Model) => void): Model {
  const weights: Tensor2D[] = [];
  try {
    while (weights.length < gibibytes * layersPerGibibyte) {
      weights.push(fill([units, units], valueOf(weights.length)));
    }
  } catch (error) {
    inspect({ weights });
    dispose(weights);
    throw error;
  }
  return { weights };
}

/** Runs all layers and the norms of their groups, and throws when any number is not what it must be. */
export function check({ weights }: Model): void {
  tidy(() => {
    let x = fill([1, units], 1) as Tensor2D;
    let expected = 1;
    weights.forEach((weight, layer) => {
      x = matMul(x, weight);
      expected *= units * valueOf(layer);
      expectAll(`output of layer ${layer}`, x.dataSync(), expected);
      for (const norms of groupSquaredNorms(weight, [0, 1])) {
        expectAll(`norms of layer ${layer}`, norms.dataSync(), units * valueOf(layer) ** 2);
      }
    });
  });
}

function expectAll(what: string, values: ArrayLike<number>, expected: number): void {
  const wrong = Array.from(values).find((value) => value !== expected);
  if (wrong === undefined) return;
  throw new Error(`torture:memory: expected ${expected} as ${what}, found ${wrong}.`);
}
