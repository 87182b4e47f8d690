import {
  add,
  dispose,
  grads,
  matMul,
  mul,
  randomUniform,
  sigmoid,
  slice,
  stack,
  sum,
  tanh,
  tidy,
  unstack,
  zeros,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { useBackend } from '@whittle/backend';
import '@whittle/backend-wasm';
import { lstm } from '@whittle/cells';
import { medians, printTable, type Contender } from './timing.ts';

const [batch, time, units] = [20, 35, 128];

/** The same LSTM written with ordinary operations, as one would without the package. */
function byHand(x: Tensor3D, kernel: Tensor2D, recurrent: Tensor2D, bias: Tensor1D): Tensor3D {
  let h: Tensor = zeros([batch, units]);
  let c: Tensor = zeros([batch, units]);
  const outputs = (unstack(x, 1) as Tensor2D[]).map((step) => {
    const z = add(add(matMul(step, kernel), matMul(h, recurrent)), bias);
    const [i, f, g, o] = [0, 1, 2, 3].map((block) => slice(z, [0, block * units], [batch, units]));
    c = add(mul(sigmoid(f!), c), mul(sigmoid(i!), tanh(g!)));
    h = mul(sigmoid(o!), tanh(c));
    return h;
  });
  return stack(outputs, 1) as Tensor3D;
}

/** Times a forward and backward pass of one LSTM layer: ours, op by op, and `tf.layers.lstm`. */
export async function lstmStep(rounds: number): Promise<void> {
  await useBackend('wasm');
  const draw = (...shape: number[]): Tensor => randomUniform(shape, -0.1, 0.1);
  const x = draw(batch, time, units) as Tensor3D;
  const weights = [draw(units, 4 * units), draw(units, 4 * units), draw(4 * units)];
  const layer = layers.lstm({
    units,
    returnSequences: true,
    recurrentActivation: 'sigmoid',
    recurrentInitializer: 'glorotUniform',
  });
  tidy(() => layer.apply(x) as Tensor); // builds its weights

  const step = (forward: (...weights: Tensor[]) => Tensor) => (): void => {
    const results = tidy(() => grads((...w: Tensor[]) => sum(forward(...w)))([x, ...weights]));
    for (const result of results) result.dataSync();
    dispose(results);
  };
  const contenders: Contender[] = [
    {
      name: '@whittle/cells',
      run: step(
        (x, kernel, recurrent, bias) =>
          lstm(x as Tensor3D, {
            kernel: kernel as Tensor2D,
            recurrent: recurrent as Tensor2D,
            bias: bias as Tensor1D,
          }).outputs,
      ),
    },
    {
      name: 'op by op',
      run: step((x, kernel, recurrent, bias) =>
        byHand(x as Tensor3D, kernel as Tensor2D, recurrent as Tensor2D, bias as Tensor1D),
      ),
    },
    {
      name: 'tf.layers.lstm',
      run: () => {
        const variables = layer.trainableWeights.map((weight) => weight.read());
        const results = tidy(() =>
          grads((input: Tensor, ..._: Tensor[]) => sum(layer.apply(input) as Tensor))([
            x,
            ...variables,
          ]),
        );
        for (const result of results) result.dataSync();
        dispose(results);
      },
    },
  ];
  const times = medians(contenders, rounds);
  printTable([
    [`forward and backward, batch ${batch}, ${time} steps, ${units} units`, 'ms', 'to ours'],
    ...contenders.map(({ name }, i) => [
      name,
      times[i]!.toFixed(1),
      `${(times[i]! / times[0]!).toFixed(1)}x`,
    ]),
  ]);
  dispose([x, ...weights]);
}
