import { namesText } from '@secateur/input';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { modelError } from '../../pruner-error.ts';

/**
 * Returns a function that finds the name that a weight has in a loaded model by the one it had in the model that was saved.
 * TensorFlow.js makes names unique within a process: the weight that its layer calls `rnn/kernel` may have been `rnn/kernel_3`
 * then and be `rnn/kernel_1` now.
 *
 * @throws `PrunerError` for a name that no weight, or more than one, may have had.
 */
export function currentNames(model: LayersModel): (saved: string) => string {
  const names = new Map<string, string[]>();
  for (const { originalName, name } of model.weights) {
    names.set(originalName, [...(names.get(originalName) ?? []), name]);
  }
  return (saved) => {
    const matches = names.get(saved) ?? names.get(saved.replace(/_\d+$/, '')) ?? [];
    if (matches.length === 1) return matches[0]!;
    throw modelError(
      `loadLayersModel: expected one weight of the model for "${saved}", which the saved groups name, found ${matches.length === 0 ? `none among ${namesText([...names.keys()])}` : matches.join(' and ')}; give layers different names, or load with optimizer: 'inner' and make the groups anew.`,
    );
  };
}
