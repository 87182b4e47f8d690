import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PrunerError } from '@secateur/pruner';
import { loadLayersModel } from '@secateur/pruner/node';
import { testFolder } from '@secateur/testing/folders';
import { expect, test } from 'vitest';

test('loadLayersModel asks for the layer that a GRU with reset_after needs, and names bad settings', async () => {
  // Nothing in this process registers the layer.
  const directory = testFolder();
  const folder = (name: string): string => join(import.meta.dirname, '../fixtures/keras3', name);
  const attempt = loadLayersModel(folder('sequential-h5'));
  await expect(attempt).rejects.toThrow(PrunerError);
  await expect(attempt).rejects.toThrow(
    `loadLayersModel: expected the layer ResetAfterGRU, a GRU with reset_after in "${folder('sequential-h5')}", to be known to TensorFlow.js, found that it is not; call registerLayers() of @secateur/cells/layers first.`,
  );
  cpSync(folder('sequential-h5'), directory, { recursive: true });
  const model = join(directory, 'model.json');
  const text = readFileSync(model, 'utf8');
  writeFileSync(model, text.replace('"silu"', '"hard_sigmoid"'));
  await expect(loadLayersModel(directory)).rejects.toThrow(
    `loadLayersModel: expected a layers model in "${directory}" that TensorFlow.js can compute, found one that it cannot: kerasToTfjs: expected an activation`,
  );
});
