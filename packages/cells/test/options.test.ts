import { tensor1d, tensor2d, tensor3d, tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import {
  CellError,
  dense,
  denseLayer,
  distillation,
  dropoutLayer,
  embeddingLayer,
  glorotUniform,
  glorotWeights,
  gru,
  gruLayer,
  lstm,
  lstmLayer,
  recurrentLayer,
  rhn,
  rhnLayer,
  sequence,
  uniform,
  uniformWeights,
  weightVariables,
} from '@secateur/cells';
import { distillationLoss, distillationTargets } from '@secateur/cells/layers';
import { liGruCell } from '@secateur/kernels';
import { testUnknownOptions } from '@secateur/testing/unknown-options';
import { expect, test } from 'vitest';

const other = { other: 1 } as never;
const axes = { input: 'x', units: 'h', ...(other as object) };
const matrix = (columns: number): Tensor2D => tensor2d(new Float32Array(columns), [1, columns]);
const weights = (columns: number) => ({
  kernel: matrix(columns),
  recurrent: matrix(columns),
  bias: tensor1d(new Float32Array(columns)),
});
const x = () => tensor3d([[[1]]]);

const calls: Readonly<Record<string, () => unknown>> = {
  dense: () => dense(matrix(1), matrix(1), undefined, other),
  distillation: () => distillation(matrix(2), matrix(2), tensor1d([0], 'int32'), other),
  distillationLoss: () => distillationLoss(other),
  distillationTargets: () => distillationTargets(tensor1d([0], 'int32'), matrix(2), other),
  dropoutLayer: () => dropoutLayer(0.5, other),
  glorotUniform: () => glorotUniform([1, 1], other),
  glorotWeights: () => glorotWeights(other),
  gru: () => gru(x(), weights(3), undefined, other),
  lstm: () => lstm(x(), weights(4), undefined, other),
  rhn: () => rhn(x(), weights(2), undefined, other),
  uniform: () => uniform([1], other),
  uniformWeights: () => uniformWeights(other),
  weightVariables: () => weightVariables({}, other),
  apply: () => sequence(dropoutLayer(0)).apply({}, x(), other),
  denseLayer: () => denseLayer('denseLayer', { input: 'x', output: 'y', ...(other as object) }),
  embeddingLayer: () =>
    embeddingLayer('embeddingLayer', { vocab: 'v', width: 'w', ...(other as object) }),
  gruLayer: () => gruLayer('gruLayer', axes),
  lstmLayer: () => lstmLayer('lstmLayer', axes),
  recurrentLayer: () => recurrentLayer('recurrentLayer', liGruCell, axes),
  rhnLayer: () => rhnLayer('rhnLayer', { ...axes, depth: 1 }),
};

// What a call made before it was refused is disposed.
const tidied = Object.entries(calls).map(([name, call]) => [
  name,
  () => {
    tidy(() => {
      call();
    });
  },
]);
testUnknownOptions(CellError, Object.fromEntries(tidied) as typeof calls);

test('options that are no object are refused', () => {
  expect(() => lstmLayer('lstm', null as never)).toThrow(
    'lstm: expected an object of options (input, units, gates, forgetBias), found null; pass one.',
  );
});
