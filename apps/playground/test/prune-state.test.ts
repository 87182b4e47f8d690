import * as tf from '@tensorflow/tfjs-layers';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { useBackend } from '@secateur/backend';
import { saveLayersModel } from '@secateur/pruner/node';
import { sharedFolder } from '@secateur/testing/folders';
import { expect, test } from 'vitest';
import { openFiles } from '../src/prune/open.ts';
import { dimensions, opened, table } from '../src/prune/state.ts';

test('a model of which a frozen layer reads a recurrent one shows its units', async () => {
  await useBackend('cpu');
  const recurrentInitializer = 'glorotUniform';
  const model = tf.sequential({
    layers: [
      tf.layers.lstm({ name: 'rnn', units: 4, inputShape: [5, 3], recurrentInitializer }),
      tf.layers.dense({ name: 'head', units: 2, trainable: false }),
    ],
  });
  const path = join(sharedFolder(), 'frozen');
  await saveLayersModel(model, path);
  model.dispose();
  const files = readdirSync(path).map((name) => ({
    name,
    bytes: Uint8Array.from(readFileSync(join(path, name))),
  }));
  opened.value = openFiles(files);
  expect(dimensions.value.map(({ name, norms, dead }) => [name, norms.length, dead])).toEqual([
    ['rnn', 4, 0],
  ]);
  expect(table.value).toMatch(/^rnn +4 +frozen$/m);
  opened.value = null;
});
