import { losses, tensor, train, type Tensor } from '@tensorflow/tfjs-core';
import { issGroups, layersModelLayout, type LayersModelLike } from '@secateur/groups';
import { describeBackend } from '@secateur/testing';
import { expect, test } from 'vitest';
import { componentNorms, formatReport } from '@secateur/pruner';
import { pruneLayersModel, verify } from '@secateur/pruner/tfjs';
import { clearRows, disposeModel, languageModel, setWeights, weightsOf } from './layers-model.ts';

describeBackend('a model of plain tf.layers', () => {
  test('trains through fit, loses dead units and predicts the same and trains on', async () => {
    const model = languageModel();
    const x = tensor([0, 1, 2, 3, 4, 6, 5, 4, 3, 2], [2, 5], 'int32');
    const next = [1, 2, 3, 4, 5, 5, 4, 3, 2, 1];
    const y = tensor(
      next.flatMap((id) => Array.from({ length: 7 }, (_, v) => Number(v === id))),
      [2, 5, 7],
    );
    const loss = (labels: Tensor, logits: Tensor): Tensor =>
      losses.softmaxCrossEntropy(labels, logits);
    const optimizer = train.sgd(0.5);
    model.compile({ optimizer, loss });
    await model.fit(x, y, { epochs: 3, verbose: 0, shuffle: false });

    const weights = weightsOf(model);
    clearRows(weights, 'first/recurrent', [1, 3]);
    clearRows(weights, 'second/kernel', [1, 3]);
    clearRows(weights, 'second/recurrent', [0]);
    clearRows(weights, 'logits/kernel', [0]);
    setWeights(model, weights);
    const layout = layersModelLayout(model as unknown as LayersModelLike);
    const norms = componentNorms(weightsOf(model), issGroups(layout));
    expect(Math.min(...norms['first']!)).toBeGreaterThan(0);

    const { model: small, report, kept } = pruneLayersModel(model);
    expect(kept).toEqual({ first: [0, 2], second: [1, 2] });
    expect(formatReport(report)).toContain('first');
    const same = await verify(
      () => model.predict(x),
      () => small.predict(x),
    );
    expect(same.maxAbsDifference).toBeLessThan(1e-6);

    // It is compiled as the model was, with an optimizer of its own.
    expect(small.optimizer).not.toBe(optimizer);
    expect(small.optimizer.getConfig()).toEqual(optimizer.getConfig());
    const history = await small.fit(x, y, { epochs: 5, verbose: 0, shuffle: false });
    const values = history.history['loss'] as number[];
    expect(values.at(-1)).toBeLessThan(values[0]!);
    optimizer.dispose();
    small.optimizer.dispose();
    x.dispose();
    y.dispose();
    disposeModel(model, small);
  });
});
