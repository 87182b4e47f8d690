import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { memory } from '@tensorflow/tfjs-core';
import { flagOf } from '@secateur/app';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { settingsFrom } from '../src/commands/options.ts';
import { trainCommand } from '../src/commands/train.ts';
import type { Result } from '../src/result.ts';
import type { Settings } from '../src/settings.ts';
import * as step from '../src/step.ts';
import { lm } from './support/lm.ts';
import { smallText } from './support/text.ts';

/** Settings that the command line overrides, by name. */
type Raw = Readonly<Record<string, unknown>>;

const tiny = {
  ...{ backend: 'wasm', batch: 4, steps: 5, init: 0.5, lambda: 0, threshold: 0 },
};
const tinyLstm = { ...tiny, embed: 8, hidden: [12, 12] };
const tinyRhn = {
  ...tiny,
  ...{ cell: 'rhn', width: 12, depth: 2, select: 'last' },
};

let data: string;
let folder: string;
const at = (name: string): string => join(folder, name);
const teacher = (): string => at('teacher/dense');
beforeAll(async () => {
  data = smallText();
  folder = temporaryFolder();
  await training('teacher', { ...tinyLstm, epochs: 4 });
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(() => {
  removeFolder(folder);
  removeFolder(data);
});

/** Trains to the end. */
async function training(name: string, raw: Raw): Promise<Result> {
  const options = Object.entries(raw).flatMap(([key, value]) => [
    `--${flagOf(key)}`,
    String(value),
  ]);
  const where = ['--data', data, '--run', at(name), '--json'];
  const ended = await lm(['train', ...where, ...options]);
  expect(ended, ended.stderr).toMatchObject({ code: 0 });
  return JSON.parse(ended.stdout) as Result;
}

/** Trains in this process, up to an error. */
async function failure(name: string, raw: Raw): Promise<string> {
  const options = { directory: at(name), checkpointEvery: 4, silent: true, say: () => undefined };
  const before = memory().numTensors;
  const ended = await trainCommand(settingsFrom({ ...raw, data }), options).catch((error) => error);
  expect(ended).toBeInstanceOf(Error);
  expect(memory().numTensors).toBe(before);
  return (ended as Error).message;
}

test('an RHN learns the grammar from the probabilities of an LSTM alone', async () => {
  const taught = { ...tinyRhn, teacher: teacher(), share: 1, epochs: 4 };
  const result = await training('taught', taught);
  // Eight words; nothing told it which of them come next but the teacher.
  expect(result.pruned.perplexity.test).toBeLessThan(2);
  expect(result.teacher).toEqual({ directory: teacher(), share: 1, temperature: 1 });
  const config = JSON.parse(readFileSync(at('taught/config.json'), 'utf8')) as Settings;
  expect(config).toMatchObject({ teacher: teacher(), share: 1, temperature: 1 });
  expect(readFileSync(at('taught/report.html'), 'utf8')).toContain(`taught by ${teacher()}`);
});

test('a network that starts from a model can have a teacher too', async () => {
  const settings = { ...tiny, from: teacher(), teacher: teacher(), epochs: 1 };
  const result = await training('tuned', { ...settings, learningRate: 1e-30 });
  const { perplexity } = JSON.parse(readFileSync(at('teacher/result.json'), 'utf8'))
    .dense as Result['dense'];
  expect(result.dense.perplexity).toEqual(perplexity);
  const lines = readFileSync(at('tuned/metrics.jsonl'), 'utf8').trim().split('\n');
  const metrics = lines.map((line) => JSON.parse(line) as { kind: string; train: number });
  // The perplexity in training is of the labels: that of the teacher's own last epoch, or a little better.
  const found = metrics.find(({ kind }) => kind === 'epoch')!.train;
  expect(found).toBeGreaterThan(1);
  expect(found).toBeLessThan(2);
});

describe('a run that ended on the way', () => {
  // The student loses units on the way; its state follows, and the teacher's must stay.
  const settings = (): Raw => ({
    ...{ backend: 'wasm', batch: 4, steps: 5, init: 0.5, epochs: 1, keep: 0.9 },
    ...{ embed: 8, hidden: [12, 12], targetMacs: 0.5, shrinkEpochs: 0.6, compactSteps: 7 },
    teacher: teacher(),
  });
  const STOP = 58;

  /** Trains up to two steps after a checkpoint, in the middle of the epoch, when units are gone. */
  async function stopped(name: string, changes: Raw = {}): Promise<void> {
    const { trainStep } = step;
    let done = 0;
    const spy = vi.spyOn(step, 'trainStep').mockImplementation((...inputs) => {
      if (done++ < STOP) return trainStep(...inputs);
      return Promise.reject(new Error('the GPU device was lost.'));
    });
    expect(await failure(name, { ...settings(), ...changes })).toMatch(
      /after step 58.*step-0*56\./,
    );
    spy.mockRestore();
  }

  test('goes on to the same bits, the state of the teacher among them', async () => {
    await training('whole', settings());
    await stopped('stopped');
    expect(readFileSync(at('stopped/metrics.jsonl'), 'utf8')).toContain('"kind":"compact"');
    await training('stopped', settings());
    for (const file of ['model/model.safetensors', 'metrics.jsonl']) {
      expect(readFileSync(at(`stopped/${file}`)).equals(readFileSync(at(`whole/${file}`)))).toBe(
        true,
      );
    }
  });

  test('does not go on with another teacher, or other settings', async () => {
    const copy = at('copy');
    cpSync(teacher(), copy, { recursive: true });
    await stopped('changed', { teacher: copy });
    cpSync(at('whole/dense'), copy, { recursive: true });
    expect(await failure('changed', { ...settings(), teacher: copy })).toContain(
      `the checkpoint of step 56: the SHA-256 of the model in --teacher ${copy} does not fit the rest: expected`,
    );
    expect(await failure('changed', { ...settings(), teacher: copy, share: 0.7 })).toContain(
      'share: 0.5 then, 0.7 now',
    );
  });
});

describe('what is wrong is said', () => {
  test('a folder without a model, before anything is written', async () => {
    const nowhere = at('nowhere');
    expect(await failure('never', { ...tinyLstm, teacher: nowhere })).toContain(nowhere);
    expect(existsSync(at('never'))).toBe(false);
  });

  test('settings', () => {
    const from = (raw: Raw): Settings => settingsFrom(raw);
    expect(from({ teacher: 'x', share: 0, temperature: 3 })).toMatchObject({
      share: 0,
      temperature: 3,
    });
    expect(from({ teacher: 'x' })).toMatchObject({ share: 0.5, temperature: 1 });
    for (const share of [-0.1, 1.5]) {
      expect(() => from({ teacher: 'x', share })).toThrow(
        'share: expected a share from 0 (labels alone) to 1 (the teacher alone)',
      );
    }
    expect(() => from({ teacher: 'x', temperature: 0 })).toThrow(
      'temperature: expected a temperature above 0; begin with 1',
    );
    expect(() => from({ share: 0.3 })).toThrow(
      '--share: expected a --teacher beside it, found none',
    );
    expect(() => from({ temperature: 2 })).toThrow('--temperature: expected a --teacher beside it');
  });
});
