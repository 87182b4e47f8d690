import { reshape, Tensor, tidy } from '@tensorflow/tfjs-core';
import { readsAtOnce } from '@secateur/backend/kernels';
import { describeTensor } from '@secateur/backend/kernels';
import { checkOptions } from '@secateur/input';
import { checkTensor } from '../check.ts';
import { distillation, type DistillationOptions } from '../distillation.ts';
import { argumentError, tensorsError } from '../error.ts';
import { asLogits, checkKind, rowsOf, unpack, type OutputKind } from './packed-targets.ts';

/** Options of {@link distillationLoss}. */
export interface DistillationLossOptions extends DistillationOptions {
  /** What the student gives, the model that is trained; default `'logits'`. */
  readonly from?: OutputKind;
}

/**
 * Makes a loss for `model.compile` that takes part of it from a teacher, as `distillation` does: `model.fit` then wants targets
 * from `distillationTargets`. The loss is a function `(yTrue, yPred)` of float32 `[batch, ..., classes]` each and returns `[batch, ...]`,
 * in nats. TensorFlow.js does not save functions with a model: compile a model that was loaded again.
 *
 * The function throws a `CellError` when `yTrue` does not have the shape of the outputs, and on cpu, wasm and node when
 * `distillationTargets` did not make it, or when the outputs of its first batch are not what `from` says. On webgpu, targets that it did
 * not make give NaN.
 *
 * @example
 * ```ts
 * import { dispose, tensor1d, tensor2d, type Scalar } from '@tensorflow/tfjs-core';
 * import { layers, sequential } from '@tensorflow/tfjs-layers';
 * import { useBackend } from '@secateur/backend';
 * import { distillationLoss, distillationTargets } from '@secateur/cells/layers';
 *
 * await useBackend('cpu');
 *
 * const same = layers.dense({ units: 2, inputShape: [2], kernelInitializer: 'identity' });
 * const student = sequential({ layers: [same] }); // its logits are its inputs
 * student.compile({ optimizer: 'sgd', loss: distillationLoss({ share: 0.25 }) });
 * // The label says class 1, which costs 100; the teacher says class 0, which costs nothing.
 * const y = distillationTargets(tensor1d([1], 'int32'), tensor2d([[200, 0]]));
 * const loss = student.evaluate(tensor2d([[100, 0]]), y) as Scalar;
 * loss.arraySync(); // => 75
 * dispose([y, loss]);
 * ```
 */
export function distillationLoss(
  options: DistillationLossOptions = {},
): (yTrue: Tensor, yPred: Tensor) => Tensor {
  const caller = 'distillationLoss';
  const names = { from: true, share: true, temperature: true } as const;
  checkOptions(caller, options, names, argumentError);
  const { from = 'logits', ...settings } = options;
  let isKindChecked = false;
  return (yTrue, yPred) => {
    if (!(yPred instanceof Tensor) || yPred.rank < 2 || yPred.dtype !== 'float32') {
      throw tensorsError(
        `${caller}: expected yPred to be float32 [batch, ..., classes], found ${describeTensor(yPred)}; end the model in one output for each class.`,
      );
    }
    checkTensor(caller, 'yTrue', yTrue, 'float32', yPred.shape);
    if (!isKindChecked) checkKind(caller, 'the outputs of the model', yPred, from);
    isKindChecked = true;
    return tidy(() => {
      const { labels, teacher } = unpack(yTrue);
      if (readsAtOnce()) {
        const row = labels.dataSync<'int32'>().indexOf(-1);
        if (row >= 0) {
          throw tensorsError(
            `${caller}: expected targets that hold labels and a teacher's outputs, found others in row ${row}; make them with distillationTargets(labels, teacher.predict(x)), those of validationData too.`,
          );
        }
      }
      const losses = distillation(rowsOf(asLogits(yPred, from)), teacher, labels, settings);
      return reshape(losses, yPred.shape.slice(0, -1));
    });
  };
}
