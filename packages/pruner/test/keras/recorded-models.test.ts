import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dispose, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { describeBackend, expectAllClose } from '@secateur/testing';
import { registerLayers } from '@secateur/cells/layers';
import { testFolder } from '@secateur/testing/folders';
import { expect, test } from 'vitest';
import { loadLayersModel, saveLayersModel } from '@secateur/pruner/node';
import { pruneLayersModel } from '@secateur/pruner/tfjs';
import type { Recorded } from '../recorded.ts';
import { disposeModel } from '../tfjs/layers-model.ts';

const folder = (name: string): string => join(import.meta.dirname, '../fixtures/keras3', name);

/** What fixtures/keras3.py recorded: inputs, and what Keras predicted in float32. */
function expectedOf(name: string) {
  const text = readFileSync(join(folder(name), 'expected.json'), 'utf8');
  return JSON.parse(text) as { inputs: Recorded[]; outputs: Recorded[] };
}

async function predict(
  model: Awaited<ReturnType<typeof loadLayersModel>>,
  inputs: readonly Recorded[],
): Promise<number[][]> {
  const x = inputs.map(({ data, shape }) => tensor([...data], [...shape]));
  const y = model.predict(x.length === 1 ? x[0]! : x) as Tensor | Tensor[];
  const outputs = Array.isArray(y) ? y : [y];
  const values = await Promise.all(outputs.map((output) => output.data()));
  dispose([...x, ...outputs]);
  return values.map((each) => [...each]);
}

registerLayers();

describeBackend('loadLayersModel of Keras 3', () => {
  test.each(['sequential-h5', 'sequential-keras', 'functional-h5', 'functional-keras'])(
    '%s predicts what Keras does',
    async (name) => {
      const { inputs, outputs } = expectedOf(name);
      const model = await loadLayersModel(folder(name));
      const found = await predict(model, inputs);
      expect(found).toHaveLength(outputs.length);
      outputs.forEach(({ data }, i) => expectAllClose(found[i]!, data, { rtol: 1e-4, atol: 1e-5 }));
      disposeModel(model);
    },
  );

  test.each(['sequential-h5', 'functional-keras'])(
    '%s is pruned, written and read again',
    async (name) => {
      const { inputs, outputs } = expectedOf(name);
      const model = await loadLayersModel(folder(name));
      const { model: small } = pruneLayersModel(model);
      const directory = join(testFolder(), 'model');
      await saveLayersModel(small, directory);
      const again = await loadLayersModel(directory);
      const found = await predict(again, inputs);
      outputs.forEach(({ data }, i) => expectAllClose(found[i]!, data, { rtol: 1e-4, atol: 1e-5 }));
      disposeModel(model, small, again);
    },
  );
});
