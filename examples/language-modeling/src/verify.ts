import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { dispose, tensor2d, tidy, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { maxAbsDifference } from '@whittle/pruner';
import { loadLayersModel } from '@whittle/pruner/node';
import { decodeSafetensors, encodeSafetensors } from '@whittle/safetensors';
import { loadCorpus } from './data/corpus.ts';
import { perplexity, testPerplexity } from './evaluate.ts';
import { TIMED_BATCH } from './measure.ts';
import { forward, tensorsOf, zeroState, type NamedTensors } from './model.ts';
import { readModel } from './model-directory.ts';
import type { Settings } from './settings.ts';

/** What the new process found. */
export interface Verified {
  readonly maxAbsDiff: number;
  readonly layersModelMaxAbsDiff: number;
  readonly perplexity: { readonly valid: number; readonly test: number };
}

const probeFile = 'probe.safetensors';

/** Logits of one batch of words, from a zero state. */
export async function probeLogits(
  weights: NamedTensors,
  words: Int32Array,
  forgetBias: number,
): Promise<Float32Array> {
  const { batch, steps } = TIMED_BATCH;
  const state = zeroState(weights, batch);
  const logits = tidy(
    () =>
      forward(weights, tensor2d(words, [batch, steps], 'int32') as Tensor2D, state, {
        forgetBias,
      }).logits,
  );
  const values = await logits.data<'float32'>();
  dispose([logits, state] as never);
  return values;
}

/** Writes real words and what the unpruned network makes of them, for {@link verifyRun} to compare with. */
export async function writeProbe(
  directory: string,
  weights: NamedTensors,
  ids: Int32Array,
  options: { readonly forgetBias: number },
): Promise<void> {
  const { batch, steps } = TIMED_BATCH;
  // Real words, from the beginning again where the text is short.
  const words = Int32Array.from({ length: batch * steps }, (_, i) => ids[i % ids.length]!);
  const logits = await probeLogits(weights, words, options.forgetBias);
  const bytes = encodeSafetensors({
    words: { shape: [batch, steps], data: words },
    logits: { shape: [batch * steps, logits.length / (batch * steps)], data: logits },
  });
  writeFileSync(join(directory, probeFile), bytes);
}

/** Has a new Node process run {@link verifyRun}, so that what is checked is what the files hold. */
export async function verifyInNewProcess(directory: string, settings: Settings): Promise<Verified> {
  const cli = join(import.meta.dirname, 'cli.ts');
  const data = settings.data === null ? [] : ['--data', settings.data];
  const args = [
    ...process.execArgv,
    cli,
    'verify',
    directory,
    '--backend',
    settings.backend,
    ...data,
  ];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1 << 24 });
  rmSync(join(directory, probeFile));
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Verified;
}

/** Reads the pruned model of a run back, compares its logits with the probe's and measures its perplexity. */
export async function verifyRun(directory: string, data: string | undefined): Promise<Verified> {
  const { tensors } = decodeSafetensors(readFileSync(join(directory, probeFile)));
  const words = tensors['words']!.data as Int32Array;
  const expected = tensors['logits']!.data as Float32Array;
  const { weights, architecture, vocabulary } = await readModel(join(directory, 'model'));
  const network = tensorsOf(weights);
  const maxAbsDiff = maxAbsDifference(
    expected,
    await probeLogits(network, words, architecture.forgetBias),
  );

  const stock = await loadLayersModel(join(directory, 'model', 'tfjs'));
  const predicted = tidy(
    () => stock.predict(tensor2d(words, [TIMED_BATCH.batch, TIMED_BATCH.steps])) as Tensor,
  );
  const stockLogits = await predicted.data<'float32'>();
  predicted.dispose();
  stock.dispose();

  const corpus = loadCorpus({
    directory: data,
    fromYear: architecture.fromYear,
    maxVocab: architecture.maxVocab ?? undefined,
    words: vocabulary.words,
  });
  const result = {
    maxAbsDiff,
    layersModelMaxAbsDiff: maxAbsDifference(expected, stockLogits),
    perplexity: {
      valid: (await perplexity(network, corpus.valid, architecture)).perplexity,
      test: (await testPerplexity(network, corpus.test, architecture)).perplexity,
    },
  };
  dispose(network);
  return result;
}
