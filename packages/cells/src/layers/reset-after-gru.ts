import {
  dispose,
  reverse,
  serialization,
  tidy,
  unstack,
  zeros,
  type Rank,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { RNN, type GRULayerArgs } from '@tensorflow/tfjs-layers';
import { gru } from '../gru.ts';
import { makeResetAfterGruCell, type GruCellBase } from './reset-after-gru-cell.ts';

/** The arguments of a call, as TensorFlow.js passes them. */
interface CallArgs {
  readonly mask?: Tensor | Tensor[] | null;
  readonly training?: boolean | null;
  readonly initialState?: Tensor[] | null;
}

/** What is used of the private side of `RNN`. */
interface RecurrentInside {
  readonly cell: GruCellBase;
  readonly returnSequences: boolean;
  readonly returnState: boolean;
  readonly goBackwards: boolean;
  readonly stateful: boolean;
  readonly states_: Tensor[] | null;
  getInitialState(inputs: Tensor): Tensor[];
  resetStates(states: Tensor[], training?: boolean | null): void;
}

/** A class of layers for TensorFlow.js's registry. */
type LayerClass = (new (args: GRULayerArgs) => RNN) & { readonly className: string };

/**
 * Makes the classes of the layer and of its cell. What TensorFlow.js's `GRU` can do, this one can: initial states, masks,
 * both directions, stateful. A call without mask, dropout or other activations than tanh and sigmoid is one fused kernel.
 */
function makeClasses(): { readonly layer: LayerClass; readonly cell: { className: string } } {
  const Cell = makeResetAfterGruCell();
  const layer = class ResetAfterGRU extends RNN {
    static override readonly className: string = 'ResetAfterGRU';

    constructor(args: GRULayerArgs) {
      super({ ...args, cell: new Cell(args) as never });
    }

    override call(inputs: Tensor | Tensor[], kwargs: CallArgs): Tensor | Tensor[] {
      return tidy(() => {
        const { cell } = this as unknown as RecurrentInside;
        for (const key of ['dropoutMask', 'recurrentDropoutMask'] as const) {
          if (cell[key] !== null) dispose(cell[key]);
          cell[key] = null;
        }
        const { mask = null, training = null, initialState = null } = kwargs ?? {};
        const x = Array.isArray(inputs) ? inputs[0]! : inputs;
        const options = { mask, training, initialState };
        if (!isFusable(cell, options)) return super.call(inputs, options as never);
        return callFused(this as unknown as RecurrentInside, x as Tensor3D, options);
      });
    }

    /** @nocollapse */
    static override fromConfig<T extends serialization.Serializable>(
      cls: serialization.SerializableConstructor<T>,
      config: serialization.ConfigDict,
    ): T {
      return new cls(config);
    }
  };
  return { layer: layer as unknown as LayerClass, cell: Cell };
}

function isFusable(cell: GruCellBase, { mask, training }: CallArgs): boolean {
  const drops = training === true && (cell.dropout > 0 || cell.recurrentDropout > 0);
  return (
    (mask === null || mask === undefined) &&
    !drops &&
    cell.activation.getClassName() === 'tanh' &&
    cell.recurrentActivation.getClassName() === 'sigmoid'
  );
}

function callFused(
  layer: RecurrentInside,
  x: Tensor3D,
  { training, initialState }: CallArgs,
): Tensor | Tensor[] {
  const { cell } = layer;
  const states = initialState ?? (layer.stateful ? layer.states_! : layer.getInitialState(x));
  const [bias, recurrentBias] = (
    cell.bias === null
      ? [0, 1].map(() => zeros<Rank.R1>([3 * cell.units]))
      : unstack(cell.bias.read())
  ) as [Tensor1D, Tensor1D];
  const { outputs, state } = gru(
    layer.goBackwards ? reverse(x, 1) : x,
    {
      kernel: cell.kernel.read() as Tensor2D,
      recurrent: cell.recurrentKernel.read() as Tensor2D,
      bias,
      recurrentBias,
    },
    states[0] as Tensor2D,
  );
  if (layer.stateful) layer.resetStates([state], training);
  const output = layer.returnSequences ? outputs : state;
  return layer.returnState ? [output, state] : output;
}

let classes: ReturnType<typeof makeClasses> | undefined;

/**
 * Makes TensorFlow.js know the layers of this package, so that `tf.loadLayersModel` and its like read models that have
 * them: `ResetAfterGRU`, Keras's `GRU` with `reset_after`, and its cell. A second call does nothing.
 *
 * @example
 * ```ts
 * import { io } from '@tensorflow/tfjs-core';
 * import { loadLayersModel } from '@tensorflow/tfjs-layers';
 * import { useBackend } from '@secateur/backend';
 * import { registerLayers } from '@secateur/cells/layers';
 *
 * await useBackend('cpu');
 *
 * registerLayers();
 * // What a `model.json` holds.
 * const config = { units: 2, batch_input_shape: [null, 3, 1], recurrent_initializer: 'zeros' };
 * const layers = [{ class_name: 'ResetAfterGRU', config }];
 * const modelTopology = { class_name: 'Sequential', config: { layers } };
 * const model = await loadLayersModel(io.fromMemory({ modelTopology }));
 * model.outputs[0]?.shape; // => [null, 2]
 * model.dispose();
 * ```
 */
export function registerLayers(): void {
  if (classes !== undefined) return;
  classes = makeClasses();
  serialization.registerClass(classes.cell as never);
  serialization.registerClass(classes.layer as never);
}

/**
 * Makes a layer that computes Keras's `GRU` with `reset_after`, its default, which TensorFlow.js lacks: the reset gate
 * weighs the candidate's recurrent product, `n = tanh(x_t K_n + b_n + r * (h R_n + rb_n))`. Settings are those of
 * `tf.layers.gru`, but for `recurrentActivation`, which is `sigmoid` unless told otherwise, as in Keras. Weights are
 * `kernel [input, 3 * units]`, `recurrent_kernel [units, 3 * units]` and `bias [2, 3 * units]`, gates in order z, r, n.
 *
 * With `tanh` and `sigmoid`, and without a mask or dropout at work, a call is one fused kernel; else it goes step by step.
 *
 * @example
 * ```ts
 * import { sequential } from '@tensorflow/tfjs-layers';
 * import { useBackend } from '@secateur/backend';
 * import { resetAfterGru } from '@secateur/cells/layers';
 *
 * await useBackend('cpu');
 *
 * const recurrentInitializer = 'glorotUniform';
 * const gru = resetAfterGru({ units: 2, inputShape: [5, 1], recurrentInitializer });
 * const model = sequential({ layers: [gru] });
 * model.outputs[0]?.shape; // => [null, 2]
 * // With a second bias: 1 * 6 + 2 * 6 + 2 * 6. `layers.gru` has 24.
 * model.countParams(); // => 30
 * model.dispose();
 * ```
 */
export function resetAfterGru(args: GRULayerArgs): RNN {
  registerLayers();
  return new classes!.layer(args);
}
