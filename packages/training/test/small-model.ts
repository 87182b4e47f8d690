import {
  add,
  matMul,
  mean,
  square,
  sub,
  tanh,
  tensor,
  tensor2d,
  tidy,
  variable,
  type Optimizer,
  type Scalar,
  type Variable,
} from '@tensorflow/tfjs-core';
import { foldSeed } from '@secateur/cells';

const shapes = { 'hidden/kernel': [3, 4], 'hidden/bias': [4], 'output/kernel': [4, 1] };

/** Two dense layers under fixed names, with weights that depend on nothing else. */
export function smallModel(): Record<string, Variable> {
  const entries = Object.entries(shapes).map(([name, shape]): [string, Variable] => {
    const size = shape.reduce((product, length) => product * length, 1);
    const values = numbers(size, foldSeed(1, name));
    return [name, tidy(() => variable(tensor(values, shape), true, name))];
  });
  return Object.fromEntries(entries);
}

/** One training step on data that depends on the step alone; returns the loss. */
export function trainStep(
  model: Record<string, Variable>,
  optimizer: Optimizer,
  step: number,
): number {
  return tidy(() => {
    const x = tensor2d(numbers(5 * 3, foldSeed(2, 'x', step)), [5, 3]);
    const y = tensor2d(numbers(5, foldSeed(2, 'y', step)), [5, 1]);
    const loss = optimizer.minimize((): Scalar => {
      const hidden = tanh(add(matMul(x, model['hidden/kernel']!), model['hidden/bias']!));
      return mean(square(sub(matMul(hidden, model['output/kernel']!), y)));
    }, true);
    return loss!.dataSync()[0]!;
  });
}

function numbers(count: number, seed: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => foldSeed(seed, i) / 2 ** 31 - 1);
}
