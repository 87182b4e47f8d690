import {
  add,
  dropout,
  keep,
  matMul,
  mul,
  onesLike,
  serialization,
  split,
  sub,
  tidy,
  unstack,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import type { GRUCellLayerArgs } from '@tensorflow/tfjs-layers';
import { installError } from '../error.ts';

/** An activation of TensorFlow.js as its layers hold it. */
interface ActivationLike {
  apply(x: Tensor): Tensor;
  getClassName(): string;
}

/** A weight of a layer. */
interface WeightLike {
  read(): Tensor;
}

/** What is used of TensorFlow.js's own `GRUCell`, whose class it does not export. */
export interface GruCellBase {
  readonly units: number;
  readonly useBias: boolean;
  readonly activation: ActivationLike;
  readonly recurrentActivation: ActivationLike;
  readonly dropout: number;
  readonly recurrentDropout: number;
  kernel: WeightLike;
  recurrentKernel: WeightLike;
  bias: WeightLike | null;
  dropoutMask: Tensor[] | null;
  recurrentDropoutMask: Tensor[] | null;
  built: boolean;
  addWeight(...args: unknown[]): WeightLike;
  getConfig(): serialization.ConfigDict;
  build(inputShape: unknown): void;
  call(inputs: Tensor[], kwargs: { training?: boolean | null }): Tensor[];
}

/** The settings that the base class keeps for `build`. */
type Settings = Record<
  `${'kernel' | 'recurrent' | 'bias'}${'Initializer' | 'Regularizer' | 'Constraint'}`,
  unknown
>;

type GruCellClass = new (args: GRUCellLayerArgs) => GruCellBase;

/** A class that TensorFlow.js registered under this name. */
function stockClass<T>(name: string): T {
  const registered = serialization.SerializationMap.getMap().classNameMap[name];
  if (registered === undefined) {
    throw installError(
      `registerLayers: expected the class ${name} of @tensorflow/tfjs-layers 4.22.0, found none; are there two copies of @tensorflow/tfjs-core?`,
    );
  }
  return registered[0] as unknown as T;
}

/**
 * Makes the class of a cell like TensorFlow.js's `GRUCell`, with its settings, whose reset gate weighs the recurrent
 * product instead of the state: Keras's `GRUCell` with `reset_after`. Its bias is `[2, 3 * units]`: that of the input
 * over that of the recurrent product.
 */
export function makeResetAfterGruCell(): GruCellClass & { readonly className: string } {
  const Base = stockClass<GruCellClass>('GRUCell');
  return class ResetAfterGRUCell extends Base {
    static readonly className = 'ResetAfterGRUCell';

    // The base class refuses resetAfter, and gates of Keras are plain sigmoids.
    constructor({ recurrentActivation = 'sigmoid', ...args }: GRUCellLayerArgs) {
      super({ ...args, recurrentActivation, resetAfter: false });
    }

    override build(inputShape: unknown): void {
      const shape = inputShape as number[] | [number[]];
      const [input] = (Array.isArray(shape[0]) ? shape[0] : shape).slice(-1) as number[];
      const settings = this as unknown as Settings;
      const weight = (name: 'kernel' | 'recurrent' | 'bias', key: string, sizes: number[]) =>
        this.addWeight(
          key,
          sizes,
          null,
          settings[`${name}Initializer`],
          settings[`${name}Regularizer`],
          true,
          settings[`${name}Constraint`],
        );
      this.kernel = weight('kernel', 'kernel', [input!, 3 * this.units]);
      this.recurrentKernel = weight('recurrent', 'recurrent_kernel', [this.units, 3 * this.units]);
      this.bias = this.useBias ? weight('bias', 'bias', [2, 3 * this.units]) : null;
      this.built = true;
    }

    /** One step: `[x [batch, input], h [batch, units]]` to the new `[h, h]`. */
    override call(inputs: Tensor[], { training }: { training?: boolean | null }): Tensor[] {
      return tidy(() => {
        if (training === true) this.drawMasks(inputs);
        const masked = (value: Tensor, masks: Tensor[] | null) =>
          (masks === null ? value : mul(value, masks[0]!)) as Tensor2D;
        const [x, h] = inputs as [Tensor2D, Tensor2D];
        const [bias, recurrentBias] = this.bias === null ? [] : unstack(this.bias.read());
        const product = (a: Tensor2D, matrix: WeightLike, offset: Tensor | undefined) => {
          const y = matMul(a, matrix.read() as Tensor2D);
          return split(offset === undefined ? y : add(y, offset), 3, 1);
        };
        const [xz, xr, xn] = product(masked(x, this.dropoutMask), this.kernel, bias) as [
          Tensor,
          Tensor,
          Tensor,
        ];
        const state = masked(h, this.recurrentDropoutMask);
        const parts = product(state, this.recurrentKernel, recurrentBias);
        const [hz, hr, hn] = parts as [Tensor, Tensor, Tensor];
        const z = this.recurrentActivation.apply(add(xz, hz));
        const r = this.recurrentActivation.apply(add(xr, hr));
        const n = this.activation.apply(add(xn, mul(r, hn)));
        const next = add(mul(z, h), mul(sub(1, z), n));
        return [next, next];
      });
    }

    /** The masks of a training step are drawn once for all steps of a sequence; the layer disposes them. */
    private drawMasks([x, h]: Tensor[]): void {
      const draw = (like: Tensor, rate: number): Tensor[] | null =>
        rate > 0 && rate < 1 ? [keep(dropout(onesLike(like), rate))] : null;
      this.dropoutMask ??= draw(x!, this.dropout);
      this.recurrentDropoutMask ??= draw(h!, this.recurrentDropout);
    }

    override getConfig(): serialization.ConfigDict {
      return { ...super.getConfig(), resetAfter: true };
    }
  };
}
