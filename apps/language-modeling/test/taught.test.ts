import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { memory } from '@tensorflow/tfjs-core';
import { sharedFolder } from '@secateur/testing/folders';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { settingsFrom } from '../src/commands/options.ts';
import { trainCommand } from '../src/commands/train.ts';
import type { Result } from '../src/result.ts';
import { presets } from '../src/presets.ts';
import { checkSettings, type Settings } from '../src/settings.ts';
import * as step from '../src/step.ts';
import { lm, optionsOf } from './support/lm.ts';
import { smallText } from './support/text.ts';

/** Settings that the command line overrides, by name. */
type Raw = Readonly<Record<string, unknown>>;

const tiny = {
  ...{ backend: 'wasm', batch: 4, steps: 5, init: 0.5, lambda: 0, threshold: 0, rampEpochs: 0 },
};
const tinyLstm = { ...tiny, preset: 'quick-iss', embed: 8, hidden: [12, 12] };
const tinyRhn = {
  ...tiny,
  ...{ cell: 'rhn', width: 12, depth: 2, select: 'last' },
};

const data = sharedFolder(smallText());
const folder = sharedFolder();
const at = (name: string): string => join(folder, name);
const read = (name: string): string => readFileSync(at(name), 'latin1');
const teacher = (): string => at('teacher/dense');
beforeAll(async () => {
  await training('teacher', { ...tinyLstm, epochs: 4, teacherPreset: 'none' });
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Trains by the command line. */
function started(name: string, raw: Raw): ReturnType<typeof lm> {
  const where = ['--data', data, '--run', at(name), '--checkpoint-every', '4', '--json'];
  return lm(['train', ...where, ...optionsOf(raw)]);
}

/** Trains to the end. */
async function training(name: string, raw: Raw): Promise<Result> {
  const ended = await started(name, raw);
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
  const { dense } = JSON.parse(readFileSync(at('teacher/result.json'), 'utf8')) as Result;
  expect(result.teacher).toMatchObject({ directory: teacher(), share: 1, temperature: 1 });
  const { sizes, parameters, macsPerWord, perplexity, bytes } = dense;
  expect(result.teacher).toMatchObject({ sizes, parameters, macsPerWord, perplexity, bytes });
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

describe('a teacher of its own', () => {
  // Its sizes are its preset's; with these it takes seconds.
  const tinyDense = checkSettings({
    ...presets['quick-dense'],
    ...{
      preset: 'tiny-dense',
      embed: 8,
      hidden: [12, 12],
      batch: 4,
      steps: 5,
      init: 0.5,
      epochs: 1,
    },
  });
  const own = { ...tinyLstm, epochs: 1, teacherPreset: 'tiny-dense', share: 0.4 };
  const taughtBy = (folder: string): Raw => ({
    ...{ ...own, teacherPreset: undefined, teacher: at(folder) },
  });
  beforeAll(() => {
    (presets as Record<string, Settings>)['tiny-dense'] = tinyDense;
  });
  afterAll(() => {
    delete (presets as Record<string, Settings>)['tiny-dense'];
  });

  test('is trained first, on the same text and with the same seed, and has a column of its own', async () => {
    const result = await training('own', { ...own, seed: 3 });
    const first = JSON.parse(read('own/teacher/result.json')) as Result;
    const config = JSON.parse(read('own/teacher/config.json')) as Settings;
    expect(config).toEqual({ ...tinyDense, data, maxVocab: null, backend: 'wasm', seed: 3 });
    expect(result.teacher).toMatchObject({
      ...{ directory: 'teacher/model', share: 0.4, temperature: 1 },
      perplexity: first.pruned.perplexity,
    });
    expect(read('own/report.html')).toContain('<th>teacher</th>');
    // The same as from the model of another run.
    await training('others', { ...taughtBy('own/teacher/model'), seed: 3 });
    expect(read('others/model/model.safetensors')).toBe(read('own/model/model.safetensors'));
  });

  test('can be what the run starts from, and then has its sizes', async () => {
    const sizes = { embed: 6, hidden: [5, 7] };
    const still = { learningRate: 1e-30, dropout: 0, epochs: 1, fromTeacher: true };
    const result = await training('start', { ...own, ...still, ...sizes });
    expect(result.teacher!.sizes).toEqual(sizes.hidden);
    expect(read('start/model/model.safetensors')).toBe(
      read('start/teacher/model/model.safetensors'),
    );
    // The same from the folder of a model.
    const folder = taughtBy('start/teacher/model');
    await training('same', { ...folder, ...still, embed: undefined, hidden: undefined });
    expect(read('same/model/model.safetensors')).toBe(read('start/model/model.safetensors'));
    const rhn = { ...tinyRhn, teacher: folder['teacher'], fromTeacher: true };
    expect(await failure('never', { ...rhn, width: undefined, depth: undefined })).toMatch(
      /^--teacher .*model: expected a model of cell rhn, found one of lstm/,
    );
    const unfit = { ...tinyRhn, teacherPreset: 'tiny-dense', fromTeacher: true };
    expect(await failure('never', unfit)).toMatch(
      /^--teacher-preset: expected a preset of cell rhn beside --from-teacher, found tiny-dense of cell lstm/,
    );
  });

  test('goes on to the same bits when it ended on the way', async () => {
    await training('unbroken', own);
    const { trainStep } = step;
    let done = 0;
    // The teacher has 80 steps, the student as many.
    const spy = vi.spyOn(step, 'trainStep').mockImplementation((...inputs) => {
      done++;
      if (done === 26 || done === 120) return Promise.reject(new Error('the GPU device was lost.'));
      return trainStep(...inputs);
    });
    const before = memory().numTensors;
    expect((await started('broken', own)).stderr).toMatch(/after step 25.*step-0*24/);
    expect(existsSync(at('broken/config.json'))).toBe(true);
    expect((await started('broken', own)).stderr).toMatch(/the GPU device was lost/);
    expect(existsSync(at('broken/teacher/result.json'))).toBe(true);
    expect(memory().numTensors).toBe(before);
    spy.mockRestore();
    await training('broken', own);
    for (const file of ['teacher/model/model.safetensors', 'model/model.safetensors']) {
      expect(read(`broken/${file}`)).toBe(read(`unbroken/${file}`));
    }
  });

  test('of no preset is an error that names those there are', async () => {
    expect(await failure('never', { ...own, teacherPreset: 'huge' })).toMatch(
      /^--teacher-preset: expected one of quick, .*, found "huge"\.$/,
    );
    expect(existsSync(at('never'))).toBe(false);
  });
});

describe('a run that ended on the way', () => {
  // The student loses units on the way; its state follows, and the teacher's must stay.
  const settings = (): Raw => ({
    ...{ backend: 'wasm', batch: 4, steps: 5, init: 0.5, epochs: 1, dropout: 0.1 },
    ...{
      preset: 'quick-dense',
      embed: 8,
      hidden: [12, 12],
      targetMacs: 0.5,
      shrinkEpochs: 0.6,
      compactSteps: 7,
    },
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
    expect(() => from({ teacherPreset: 'none', share: 0.3 })).toThrow(
      '--share: expected a --teacher or a --teacher-preset beside it, found none',
    );
    expect(() => from({ preset: 'small', temperature: 2 })).toThrow(
      '--temperature: expected a --teacher or a --teacher-preset beside it',
    );
    expect(from({ teacher: 'x' }).teacherPreset).toBeNull();
    expect(from({ teacherPreset: 'none' }).teacherPreset).toBeNull();
    expect(from({}).teacherPreset).toBe('quick-dense');
    expect(() => from({ preset: 'small', fromTeacher: true })).toThrow(
      '--from-teacher: expected a --teacher or a --teacher-preset beside it',
    );
    expect(() => from({ from: 'x', fromTeacher: true })).toThrow(
      '--from: expected none beside --from-teacher, found "x"',
    );
    expect(() => from({ teacher: 'x', fromTeacher: true, hidden: [5] })).toThrow(
      '--hidden: expected no sizes beside --teacher, whose model has its own, found 5; leave one of the two out, or give --no-from-teacher.',
    );
    // What is only the preset's gives way to sizes that are given.
    expect(from({ teacher: 'x' }).fromTeacher).toBe(true);
    expect(from({ teacher: 'x', hidden: [5] })).toMatchObject({ fromTeacher: false, hidden: [5] });
    expect(() => from({ teacher: 'x', teacherPreset: 'small' })).toThrow(
      '--teacher-preset: expected none beside --teacher, found "small"; leave one of the two out.',
    );
  });
});
