import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setBackend, tensor2d, tidy } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { layers, sequential, type RNN } from '@tensorflow/tfjs-layers';
import { resetAfterGru } from '@secateur/cells/layers';
import { loadLayersModel, saveLayersModel } from '@secateur/pruner/node';
import { runCli } from '@secateur/testing';
import { loadedSourceCommand as start } from '@secateur/testing/command';
import { describe, expect, test } from 'vitest';
import { emptyFolder, fixture } from '../support/fixture.ts';
import { project } from '../support/project.ts';
import { servedProgram } from '../support/served.ts';
import { secateur } from '../support/terminal.ts';

const run = servedProgram();
const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
const keras = fileURLToPath(
  new URL('../../../pruner/test/fixtures/keras3/sequential-h5', import.meta.url),
);

/** A model of stock layers in a folder, of which nothing reads units 1 and 3. */
async function stockModel(
  recurrentActivation: 'sigmoid' | 'hardSigmoid' = 'sigmoid',
  activation: 'linear' | 'softmax' = 'linear',
  maskZero = false,
): Promise<string> {
  await setBackend('cpu');
  const folder = join(emptyFolder(), 'model');
  const model = sequential();
  model.add(layers.embedding({ inputDim: 9, outputDim: 3, inputLength: 5, maskZero }));
  model.add(
    layers.lstm({
      name: 'rnn',
      units: 5,
      recurrentActivation,
      recurrentInitializer: 'glorotUniform',
    }),
  );
  model.add(layers.dense({ name: 'out', units: 4, activation }));
  const keep = (weights: ReturnType<typeof model.getWeights>): typeof weights =>
    weights.map((weight) => {
      if (weight.shape[0] !== 5) return weight;
      const rows = weight.arraySync() as number[][];
      return tensor2d(rows.map((row, i) => (i === 1 || i === 3 ? row.map(() => 0) : row)));
    });
  tidy(() => {
    model.setWeights(keep(model.getWeights()));
  });
  await saveLayersModel(model, folder);
  model.dispose();
  return folder;
}

describe('tf.LayersModel', () => {
  test('dead units go, and it computes the same', async () => {
    const folder = await stockModel();
    const out = join(folder, '../small');
    const { code, stdout, stderr } = await run('prune', folder, '-o', out, '--json');
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({
      exact: true,
      sizes: { rnn: { before: 5, after: 3 } },
      format: 'tf.LayersModel',
    });
    const { measured } = JSON.parse(stdout) as {
      measured: { maxAbsDifference: number; by: string[] };
    };
    expect(measured.maxAbsDifference).toBeLessThan(1e-6);
    expect(measured.by[0]).toMatch(/^TensorFlow\.js, /);
    // As users do, in a process of its own.
    const cwd = join(import.meta.dirname, '../..');
    expect(await runCli(cli, ['verify', folder, out], { cwd, start })).toMatchObject({ code: 0 });
  });
  test('the report has the bytes of its files, and says that numbers of fewer bits become float32', async () => {
    const folder = await stockModel();
    const [weights, file] = ['group1-shard1of1.bin', 'model.json'].map((name) =>
      join(folder, name),
    );
    const json = JSON.parse(readFileSync(file!, 'utf8')) as {
      weightsManifest: { weights: { quantization?: object }[] }[];
    };
    for (const each of json.weightsManifest[0]!.weights)
      each.quantization = { dtype: 'uint8', scale: 1 / 128, min: -1, original_dtype: 'float32' };
    const numbers = new Float32Array(Uint8Array.from(readFileSync(weights!)).buffer);
    writeFileSync(file!, JSON.stringify(json));
    writeFileSync(
      weights!,
      Uint8Array.from(numbers, (value) => Math.round((value + 1) * 128)),
    );
    const out = join(folder, '../small');
    const { stdout } = await run('prune', folder, '-o', out, '--json');
    const sizeOf = (path: string): number =>
      readdirSync(path).reduce((sum, name) => sum + statSync(join(path, name)).size, 0);
    expect(JSON.parse(stdout)).toMatchObject({
      bytes: { before: sizeOf(folder), after: sizeOf(out) },
      notes: ['its weights are stored as uint8; a smaller model has them as float32'],
    });
  });
  test('a model.json with a byte order mark, as editors on Windows write it, is read', async () => {
    const folder = await stockModel();
    const file = join(folder, 'model.json');
    writeFileSync(file, `\ufeff${readFileSync(file, 'utf8')}`);
    const { code, stderr } = await run('prune', folder, '-o', join(folder, '../small'));
    expect([code, stderr]).toEqual([0, '']);
  });
  test('an optimizer that is not written is told', async () => {
    await setBackend('cpu');
    const folder = await stockModel();
    const model = await loadLayersModel(folder);
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    await saveLayersModel(model, folder, { includeOptimizer: true });
    const { stdout } = await run('prune', folder, '-o', join(folder, '../small'));
    expect(stdout).toContain(
      '\nnote: it was saved with its optimizer; a smaller model is written without, so compile it\n',
    );
  });
  test('a folder with files of others is told as it is', async () => {
    const folder = await stockModel();
    const out = join(folder, '../others');
    mkdirSync(out);
    writeFileSync(join(out, 'mine'), '');
    const { code, stderr } = await run('prune', folder, '-o', out, '--force');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^secateur prune: saveLayersModel: expected .*, found [^:]*mine[^:]*\n$/,
    );
    expect(readdirSync(out)).toEqual(['mine']);
  });
  test('--at-least keeps dead units, without a target too', async () => {
    const folder = await stockModel();
    const out = join(folder, '../small');
    const { stdout } = await run('prune', folder, '-o', out, '--at-least', '4', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ sizes: { rnn: { before: 5, after: 4 } } });
  });
  test('one of Keras 3 is inspected, and meets a target', async () => {
    const inspected = await run('inspect', keras, '--json');
    const { prunable } = JSON.parse(inspected.stdout) as {
      prunable: Record<string, { size: number }>;
    };
    expect(Object.entries(prunable).map(([dim, { size }]) => [dim, size])).toEqual([
      ['lstm', 3],
      ['gru', 4],
      ['gru_1', 2],
    ]);
    const out = join(emptyFolder(), 'small');
    const pruned = await run(
      'prune',
      join(keras, 'model.json'),
      '-o',
      out,
      '--target',
      'macs=0.6',
      '--json',
    );
    const { macs, exact } = JSON.parse(pruned.stdout) as {
      macs: { before: number; after: number };
      exact: boolean;
    };
    expect(exact).toBe(false);
    expect(macs.after).toBeLessThanOrEqual(0.6 * macs.before);
    expect(await run('inspect', out)).toMatchObject({ code: 0 });
  });
  test('one whose recurrent layer a frozen layer reads is inspected, as it is pruned', async () => {
    await setBackend('cpu');
    const folder = join(emptyFolder(), 'model');
    const init = { recurrentInitializer: 'glorotUniform' } as const;
    const model = sequential();
    model.add(layers.lstm({ name: 'rnn', units: 4, inputShape: [5, 3], ...init }));
    model.add(layers.dense({ name: 'head', units: 2, trainable: false }));
    await saveLayersModel(model, folder);
    model.dispose();
    const { code, stdout, stderr } = await run('inspect', folder);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^rnn +4 +frozen$/m);
    expect(stdout).toMatch(/^rnn +4 +0 +[▁-█:\-=+*#%@]{4} +/m);
    const small = join(folder, '../small');
    expect(await run('prune', folder, '-o', small, '--target', 'macs=0.6')).toMatchObject({
      code: 0,
    });
    expect(await run('inspect', small)).toMatchObject({ code: 0 });
  });
  test('a chain becomes one and comes back, and computes the same', async () => {
    const folder = emptyFolder();
    const [words, model, back] = [
      fixture('words.safetensors'),
      join(folder, 'model'),
      join(folder, 'back'),
    ];
    const there = await run('convert', words, model, '--to', 'layers-model', '--json');
    expect(JSON.parse(there.stdout)).toMatchObject({ to: 'tf.LayersModel' });
    const { measured } = JSON.parse(there.stdout) as { measured: { maxAbsDifference: number } };
    expect(measured.maxAbsDifference).toBeLessThan(1e-5);
    expect(await run('convert', model, back, '--to', 'pytorch')).toMatchObject({ code: 0 });
    expect(await secateur('.', 'verify', words, back, '--tolerance', '1e-12')).toMatchObject({
      code: 0,
    });
  });
  test('one whose gates are not those of a cell of weights alone is not converted', async () => {
    const folder = await stockModel('hardSigmoid');
    const { code, stderr } = await run(
      'convert',
      folder,
      join(folder, '../out'),
      '--to',
      'pytorch',
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /found recurrentActivation hardSigmoid in "rnn"; names of weights cannot say that\.\n$/,
    );
  });
  test('one that masks is not converted', async () => {
    const folder = await stockModel('sigmoid', 'linear', true);
    for (const to of ['pytorch', 'directory', 'onnx']) {
      const ended = await run('convert', folder, join(folder, '../out'), '--to', to);
      expect(ended.code).toBe(1);
      expect(ended.stderr).toMatch(
        to === 'onnx'
          ? /expected an embedding without maskZero/
          : /found maskZero in "embedding_Embedding\d+"; a chain reads every step\.\n$/,
      );
    }
  });
  test('a softmax at the end is in an ONNX file, and left out of a file of weights', async () => {
    const folder = await stockModel('sigmoid', 'softmax');
    const out = join(folder, '../out');
    const onnx = await run('convert', folder, join(folder, '../onnx'), '--to', 'onnx', '--json');
    const { measured } = JSON.parse(onnx.stdout) as { measured: { maxAbsDifference: number } };
    expect(measured.maxAbsDifference).toBeLessThan(1e-6);
    const { code, stdout } = await run('convert', folder, out, '--to', 'keras');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^difference not measured: the softmax of "out", and that it gives the last step only is left out\n/,
    );
  });
  test('a bidirectional one becomes a file of weights', async () => {
    await setBackend('cpu');
    const folder = join(emptyFolder(), 'model');
    const model = sequential();
    const drawn = {
      recurrentActivation: 'sigmoid',
      recurrentInitializer: 'glorotUniform',
      biasInitializer: 'glorotUniform',
    } as const;
    const layer = layers.lstm({ units: 4, returnSequences: true, ...drawn }) as RNN;
    model.add(layers.bidirectional({ layer, inputShape: [null, 3] }));
    model.add(layers.dense({ units: 2 }));
    await saveLayersModel(model, folder);
    model.dispose();
    const out = join(folder, '../out');
    const { code, stdout, stderr } = await run('convert', folder, out, '--to', 'pytorch', '--json');
    expect([code, stderr]).toEqual([0, '']);
    const { measured } = JSON.parse(stdout) as { measured: { maxAbsDifference: number } };
    expect(measured.maxAbsDifference).toBeLessThan(1e-5);
  });
  test('a GRU that resets after the product stays one without a bias', async () => {
    await setBackend('cpu');
    const folder = join(emptyFolder(), 'model');
    const model = sequential();
    const drawn = {
      recurrentActivation: 'sigmoid',
      recurrentInitializer: 'glorotUniform',
    } as const;
    const shape = { useBias: false, returnSequences: true, inputShape: [null, 3] };
    model.add(resetAfterGru({ units: 4, ...shape, ...drawn }));
    model.add(layers.dense({ units: 2 }));
    await saveLayersModel(model, folder);
    model.dispose();
    const args = ['convert', folder, join(folder, '../out'), '--to', 'secateur', '--json'];
    const { measured } = JSON.parse((await run(...args)).stdout) as {
      measured: { maxAbsDifference: number };
    };
    expect(measured.maxAbsDifference).toBeLessThan(1e-5);
  });
  test('without TensorFlow.js the folder is told what to install', async () => {
    const { code, stderr } = await secateur(project({}), 'inspect', keras);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^secateur inspect: expected the package @secateur\/pruner, which a tf\.LayersModel needs, found none in this folder; npm install @secateur\/pruner@/,
    );
  });
  test('a bidirectional chain cannot become one', async () => {
    const out = join(emptyFolder(), 'out');
    expect(
      await run('convert', fixture('both.safetensors'), out, '--to', 'layers-model'),
    ).toMatchObject({
      code: 1,
      stderr:
        'secateur convert: expected layers of one direction for a tf.LayersModel, found a bidirectional one; choose another format.\n',
    });
  });
});
