import { sizeOf } from '@secateur/testing/numeric';

/** A type of tensors with numbers. */
export type NumberType = 'float32' | 'int32' | 'bool';

/** An input of a kernel. */
export interface Input {
  readonly shape: readonly number[];
  readonly dtype: NumberType;
  readonly values: readonly number[];
}

/**
 * What floats a kernel is given: numbers of either sign; few numbers that often repeat; only negative ones; NaN,
 * infinities, zeros of both signs and very small numbers among others; and also numbers near the largest.
 */
export type Mix = 'plain' | 'ties' | 'negative' | 'special' | 'large';

const special = [NaN, Infinity, -Infinity, 0, -0, 1, -1, 1e-10, -1e-10, 2, 0.5];
const large = [3e38, -3e38, 1e30, -1e30, 88, -88, 104, -104, 20, -20];

/** A source of pseudo-random choices: the same seed gives the same. */
export class Draw {
  #state: number;
  readonly #special: readonly number[];

  /** With `subnormal` there are numbers among the special ones that a GPU may take for zero, or their squares. */
  constructor(seed: number, subnormal: boolean) {
    this.#state = seed >>> 0;
    this.#special = subnormal ? [...special, 1e-40, -1e-40, 1e-20, -1e-20] : special;
  }

  /** A number from 0 to 1, 1 excluded; the generator mulberry32. */
  unit(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  /** A whole number, both ends included. */
  int(least: number, most: number): number {
    return least + Math.floor(this.unit() * (most - least + 1));
  }

  /** One of several. */
  pick<T>(choices: readonly T[]): T {
    return choices[this.int(0, choices.length - 1)]!;
  }

  /** True with a probability. */
  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  /** A shape with sizes from 1 to `most`, now and then one of 0 or one that fills no register or workgroup. */
  shape(rank: number, most = 5): number[] {
    const shape = Array.from({ length: rank }, () => this.int(1, most));
    if (rank > 0 && this.chance(0.08)) shape[this.int(0, rank - 1)] = 0;
    else if (rank > 0 && this.chance(0.15)) shape[rank - 1] = this.pick([7, 17, 33, 67]);
    return shape;
  }

  /** A tensor of some type; floats are of one mix. */
  input(shape: readonly number[], dtype: NumberType = 'float32', mix: Mix = 'plain'): Input {
    const one = (): number => {
      if (dtype === 'bool') return this.int(0, 1);
      if (dtype === 'int32') return this.int(-9, 9) * (this.chance(0.1) ? 1000 : 1);
      return Math.fround(this.#float(mix));
    };
    return { shape, dtype, values: Array.from({ length: sizeOf(shape) }, one) };
  }

  #float(mix: Mix): number {
    if (mix === 'ties') return this.int(-2, 2);
    if (mix === 'special' && this.chance(0.3)) return this.pick(this.#special);
    if (mix === 'large' && this.chance(0.4)) {
      return this.pick(this.chance(0.3) ? this.#special : large);
    }
    const plain = this.unit() * 6 - 3;
    return mix === 'negative' ? -Math.abs(plain) - 0.01 : plain;
  }
}

/** Every mix. */
export const mixes: readonly Mix[] = ['plain', 'ties', 'negative', 'special', 'large'];

/** The mixes whose sums do not overflow, so that they depend little on the order of the additions. */
export const summable: readonly Mix[] = ['plain', 'ties', 'negative', 'special'];
