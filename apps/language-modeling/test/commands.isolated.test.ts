import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { decodeOnnx, onnxMetadata } from '@secateur/onnx';
import type { Ended } from '@secateur/testing';
import { sharedFolder } from '@secateur/testing/folders';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { Result } from '../src/result.ts';
import { lm, lmProcess } from './support/lm.ts';
import { smallText, tiny, tinyRhn } from './support/text.ts';

// As a user has it: the result is checked by a new process.
vi.unmock('@secateur/app');

const data = sharedFolder(smallText());
const folder = sharedFolder();
let run: string;
let result: Result;
let trained: { stderr: string };

beforeAll(async () => {
  run = join(folder, 'run');
  const ended = await lmProcess(['train', '--data', data, '--run', run, '--json', ...tiny]);
  expect(ended, ended.stderr).toMatchObject({ code: 0 });
  result = JSON.parse(ended.stdout) as Result;
  trained = ended;
});

describe('train', () => {
  test('learns, slims itself and stays the same function', () => {
    expect(result.pruned.perplexity.test).toBeLessThan(2);
    expect(result.removed['h1']! + result.removed['h2']!).toBeGreaterThan(0);
    expect(result.maxAbsDiff).toBeLessThan(1e-5);
    expect(result.layersModelMaxAbsDiff).toBeLessThan(1e-5);
    expect(result.pruned.perplexity.valid).toBeCloseTo(result.dense.perplexity.valid, 4);
  });

  test('counts what is left', () => {
    const { sizes, parameters, macsPerWord, bytes } = result.pruned;
    const [h1, h2] = sizes as [number, number];
    expect(sizes).toEqual([12 - result.removed['h1']!, 12 - result.removed['h2']!]);
    // Eight words: four subjects, three verbs and the end of a sentence.
    const lstm = (input: number, units: number): number => 4 * units * (input + units);
    expect(macsPerWord).toBe(lstm(8, h1) + lstm(h1, h2) + h2 * 8);
    expect(parameters).toBe(8 * 8 + macsPerWord + 4 * (h1 + h2) + 8);
    expect(bytes).toBeGreaterThan(4 * parameters);
    expect(bytes).toBeLessThan(4 * parameters + 2000);
  });

  test('leaves a whole run directory', () => {
    for (const file of [
      'config.json',
      'metrics.jsonl',
      'model/model.safetensors',
      'model/tfjs/model.json',
      'report.html',
    ]) {
      expect(existsSync(join(run, file)), file).toBe(true);
    }
    expect(JSON.parse(readFileSync(join(run, 'result.json'), 'utf8'))).toEqual(result);
    const keys = [
      'dense',
      'pruned',
      'maxAbsDiff',
      'removed',
      'speedup',
      'backend',
      'seed',
      'wordsPerSecond',
      'versions',
    ];
    expect(Object.keys(result)).toEqual(expect.arrayContaining(keys));
  });

  test('the report needs no network and shows one picture of norms a layer', () => {
    const html = readFileSync(join(run, 'report.html'), 'utf8');
    expect(html.match(/<svg/g)).toHaveLength(5);
    expect(html).toContain('Norms of the ISS components of h2');
    const links = html
      .replaceAll('http://www.w3.org/', '')
      .match(/https?:\/\/|src=|@import|<link/g);
    expect(links).toBeNull();
  });

  test('does nothing when its run is finished', async () => {
    const before = readFileSync(join(run, 'metrics.jsonl'), 'utf8');
    const again = await lm(['train', '--data', data, '--run', run, '--json', ...tiny]);
    expect(again.code).toBe(0);
    expect(again.stderr).toContain('is finished');
    expect(JSON.parse(again.stdout)).toEqual(result);
    expect(readFileSync(join(run, 'metrics.jsonl'), 'utf8')).toBe(before);
  });

  test('tells progress in words a second', () => {
    expect(trained.stderr).toMatch(/epoch 9: perplexity [\d.]+ in training, [\d.]+ on validation/);
    expect(trained.stderr).toMatch(/[\d,]+ words\/s/);
  });
});

describe('the other commands', () => {
  const model = (name: string): string[] => ['--model', join(run, name)];

  test('evaluate gives the perplexities of the result', async () => {
    const ended = await lm(['evaluate', ...model('model'), '--data', data, '--json']);
    const { valid, test: tested } = JSON.parse(ended.stdout) as { valid: number; test: number };
    expect((JSON.parse(ended.stdout) as { text: string }).text).toBe(data);
    expect(valid).toBeCloseTo(result.pruned.perplexity.valid, 4);
    expect(tested).toBeCloseTo(result.pruned.perplexity.test, 4);
  });

  test('prune takes the same components out of the unpruned model', async () => {
    const out = join(folder, 'pruned');
    const ended = await lm(['prune', ...model('dense'), '--out', out, '--json']);
    const { removed, exact, maxAbsDiff } = JSON.parse(ended.stdout) as {
      removed: Record<string, number[]>;
      exact: boolean;
      maxAbsDiff: number;
    };
    expect(
      Object.fromEntries(Object.entries(removed).map(([dim, gone]) => [dim, gone.length])),
    ).toEqual(result.removed);
    expect(exact).toBe(true);
    expect(maxAbsDiff).toBeLessThan(1e-5);
    expect(readFileSync(join(out, 'model.safetensors'))).toEqual(
      readFileSync(join(run, 'model/model.safetensors')),
    );
  });

  test('export writes the pruned model as ONNX, which gives the same logits', async () => {
    const onnx = join(folder, 'model.onnx');
    const ended = await lm(['export', ...model('model'), '--onnx', onnx, '--json']);
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    const { bytes, maxAbsDiff } = JSON.parse(ended.stdout) as { bytes: number; maxAbsDiff: number };
    // The runtime approximates sigmoid and tanh, and 30 steps of a trained recurrence amplify it: up to 2.1e-5 against
    // float64 was measured, where our own kernels are within 5.3e-6.
    expect(maxAbsDiff).toBeLessThan(1e-4);
    const file = readFileSync(onnx);
    expect(file).toHaveLength(bytes);
    const { layout, history } = onnxMetadata(decodeOnnx(file.subarray()));
    expect(layout?.dims['h1']).toBe(result.pruned.sizes[0]);
    expect(history).toHaveLength(1);
  });

  test('prune removes weak components too for a target, and says that it is an approximation', async () => {
    const out = join(folder, 'half');
    const prune = (...args: string[]) =>
      lm(['prune', ...model('dense'), '--out', out, '--target-macs', ...args]);
    const ended = await prune('0.2', '--json');
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    const { removed, exact, cost, maxAbsDiff, text } = JSON.parse(ended.stdout) as {
      removed: Record<string, number[]>;
      exact: boolean;
      cost: { before: number; after: number; target: number };
      maxAbsDiff: number;
      text: string;
    };
    // As `counts what is left` counts, of 12 and 12 units before.
    const [h1, h2] = [12 - removed['h1']!.length, 12 - removed['h2']!.length];
    const macs = (one: number, two: number): number =>
      4 * one * (8 + one) + 4 * two * (one + two) + two * 8;
    expect(cost).toEqual({
      ...{ unit: 'multiply-adds', before: macs(12, 12), after: macs(h1, h2) },
      target: 0.2 * macs(12, 12),
    });
    expect(cost.after).toBeLessThanOrEqual(cost.target);
    expect(cost.after).toBeLessThan(result.pruned.macsPerWord);
    expect(exact).toBe(false);
    expect(maxAbsDiff).toBeGreaterThan(1e-3);
    expect(text).toContain(`at most ${Math.floor(cost.target)} multiply-adds, ${cost.after} left`);
    expect(text).toContain('an approximation: largest logit difference');
    const config = JSON.parse(readFileSync(join(out, 'config.json'), 'utf8')) as {
      iss: { history: unknown[] };
    };
    expect(config.iss.history.at(-1)).toEqual({ removed, targetMacs: 0.2 });
    const evaluated = await lm(['evaluate', '--model', out, '--data', data, '--json']);
    expect(evaluated, evaluated.stderr).toMatchObject({ code: 0 });
    // What the dead ones alone leave is exact.
    const enough = await prune(String(result.pruned.macsPerWord), '--json');
    expect(JSON.parse(enough.stdout)).toMatchObject({
      exact: true,
      cost: { after: result.pruned.macsPerWord },
    });
    expect((await prune('1')).stderr).toMatch(/expected macs that removing .* take \d+ or more/);
  });

  test('prune replaces an earlier model only, in its own folder', async () => {
    const before = process.cwd();
    const prune = async (out: string, cwd: string): Promise<Ended> => {
      process.chdir(cwd);
      try {
        return await lm(['prune', ...model('dense'), '--out', out]);
      } finally {
        process.chdir(before);
      }
    };
    const mine = mkdtempSync(join(folder, 'mine-'));
    writeFileSync(join(mine, 'thesis.tex'), 'mine');
    for (const out of ['.', '']) {
      const ended = await prune(out, mine);
      expect(ended.code).toBe(1);
      expect(ended.stderr).toMatch(/expected an empty folder or one|expected the path of a folder/);
      expect(readdirSync(mine)).toEqual(['thesis.tex']);
    }
    const older = join(folder, 'older');
    cpSync(join(run, 'model'), older, { recursive: true });
    expect(await prune('.', older)).toMatchObject({ code: 0 });
    expect(readdirSync(older).sort()).toEqual([
      'config.json',
      'model.safetensors',
      'vocabulary.json',
    ]);
  });

  test('sample refuses a prompt of no word', async () => {
    const ended = await lm(['sample', ...model('model'), '--prompt', ' ']);
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toContain('--prompt: expected words of the text that the model learned');
    // Not cut to its Latin letters, of which there are none.
    const other = await lm(['sample', ...model('model'), '--prompt', 'красный']);
    expect(other.stderr).toContain('"красный" is not among the 8 words of the vocabulary');
  });

  test('sample continues a prompt, the same for the same seed', async () => {
    const draw = () =>
      lm(['sample', ...model('model'), '--prompt', 'Cats chase', '--words', '12', '--seed', '3']);
    const [one, two] = [await draw(), await draw()];
    expect(one.stdout).toMatch(/^Cats chase (cats|dogs|birds|fish)/);
    expect(two.stdout).toBe(one.stdout);
  });

  test('report prints the table again', async () => {
    const ended = await lm(['report', '--run', run]);
    expect(ended.stdout).toContain('units of layer 1');
  });

  test('report says what is wrong with a damaged result or damaged metrics', async () => {
    const damaged = join(folder, 'damaged-run');
    cpSync(run, damaged, { recursive: true });
    const report = async (code = 1): Promise<string> => {
      const ended = await lm(['report', '--run', damaged]);
      expect(ended.code).toBe(code);
      return ended.stderr;
    };
    const metrics = readFileSync(join(damaged, 'metrics.jsonl'), 'utf8');
    writeFileSync(join(damaged, 'metrics.jsonl'), '{"kind":"train","step":20,"epoch":0}\n');
    expect(await report()).toMatch(
      /metrics\.jsonl: expected a line of kind train as line 1, found at alive/,
    );
    writeFileSync(join(damaged, 'metrics.jsonl'), metrics);
    writeFileSync(join(damaged, 'result.json'), '{"dense":{"sizes":[1,2]}}');
    expect(await report()).toMatch(
      /result\.json: expected the result of a run of this program, found at dense\.parameters/,
    );
    writeFileSync(join(damaged, 'result.json'), '{"dense":');
    expect(await report(42)).toMatch(/result\.json: expected JSON/);
  });

  // Windows lets administrators make links only.
  test.skipIf(process.platform === 'win32')('report writes through no link', async () => {
    const theirs = join(folder, 'theirs');
    cpSync(run, theirs, { recursive: true });
    const victim = join(folder, 'victim');
    writeFileSync(victim, 'mine');
    for (const name of ['report.html', 'report.html.new', '.report.html.tmp']) {
      rmSync(join(theirs, name), { force: true });
      symlinkSync(victim, join(theirs, name));
    }
    expect(await lm(['report', '--run', theirs])).toMatchObject({ code: 0 });
    expect(readFileSync(join(theirs, 'report.html'), 'utf8')).toContain('<html');
    expect(readFileSync(victim, 'utf8')).toBe('mine');
    rmSync(join(theirs, 'metrics.jsonl'));
    symlinkSync(victim, join(theirs, 'metrics.jsonl'));
    const refused = await lm(['report', '--run', theirs]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('metrics.jsonl, found a symbolic link');
  });
});

describe('a Recurrent Highway Network', () => {
  const highway = (): string => join(folder, 'highway');
  let found: Result;
  beforeAll(async () => {
    const args = ['train', '--data', data, '--run', highway(), '--json', ...tinyRhn];
    const ended = await lm(args);
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    found = JSON.parse(ended.stdout) as Result;
  });

  test('learns, slims its one width and stays the same function', () => {
    const width = 16 - found.removed['width']!;
    expect(found.removed['width']).toBeGreaterThan(0);
    expect(found.dense.sizes).toEqual([16]);
    expect(found.pruned.sizes).toEqual([width]);
    expect(found.pruned.perplexity.test).toBeLessThan(2);
    expect(found.maxAbsDiff).toBeLessThan(1e-5);
    expect(found.layersModelMaxAbsDiff).toBeLessThan(1e-5);
    // Eight words; the embedding is multiplied with, as it is the softmax too.
    expect(found.pruned.macsPerWord).toBe(8 * width + 2 * width ** 2 + 4 * width ** 2);
    expect(found.pruned.parameters).toBe(found.pruned.macsPerWord + 4 * width + 8);
  });

  test('is an ONNX file whose step is made of its equations', async () => {
    const args = ['--model', join(highway(), 'model'), '--onnx', join(folder, 'rhn.onnx')];
    const ended = await lm(['export', ...args]);
    expect(ended.stdout).toMatch(/rhn\.onnx: [\d,]+ bytes, ONNX Runtime differs by at most \d/);
  });

  test('ends with the weights of the epoch that was best on validation', () => {
    const epochs = readFileSync(join(highway(), 'metrics.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string; epoch: number; valid: number })
      .filter(({ kind, epoch }) => kind === 'epoch' && epoch >= 3);
    const best = epochs.reduce((a, b) => (b.valid < a.valid ? b : a));
    expect(found.epoch).toBe(best.epoch + 1);
    expect(found.dense.perplexity.valid).toBeCloseTo(best.valid, 4);
  });

  test('has a report with a picture of its norms, and the other commands', async () => {
    const html = readFileSync(join(highway(), 'report.html'), 'utf8');
    expect(html).toContain('Norms of the ISS components of width');
    const model = ['--model', join(highway(), 'model')];
    const evaluated = await lm(['evaluate', ...model, '--data', data, '--json']);
    const { test: tested } = JSON.parse(evaluated.stdout) as { test: number };
    expect(tested).toBeCloseTo(found.pruned.perplexity.test, 4);
    const out = join(folder, 'highway-pruned');
    const dense = ['--model', join(highway(), 'dense')];
    const pruned = await lm(['prune', ...dense, '--out', out, '--json']);
    const { removed, exact } = JSON.parse(pruned.stdout) as {
      removed: Record<string, number[]>;
      exact: boolean;
    };
    expect(exact).toBe(true);
    expect(removed['width']).toHaveLength(found.removed['width']!);
    const reported = await lm(['report', '--run', highway(), '--beside', run]);
    expect(reported.stdout).toMatch(/ before +after +ratio +run\n/);
    expect(reported.stdout).toMatch(RegExp(`^width +16 .* ${result.pruned.sizes[0]}$`, 'm'));
    const sampled = await lm(['sample', ...model, '--words', '10', '--prompt', 'cats']);
    expect(sampled.stdout).toMatch(/^Cats\b[^]*(chase|see|hear)/);
  });

  test('its settings are its own', async () => {
    const train = async (...args: string[]): Promise<string> =>
      (await lm(['train', ...args])).stderr;
    expect(await train('--cell', 'rhn', '--dropout', '0.5')).toContain(
      '--dropout: expected a setting of cell rhn, found one of another',
    );
    expect(await train('--preset', 'small', '--cell', 'rhn')).toContain(
      '--cell: expected lstm, the cell of preset small, found "rhn"; choose one of rhn-quick',
    );
    expect(await train('--cell', 'tcn')).toContain('cells are lstm and rhn');
  });
});

describe('what is wrong is said', () => {
  const failing = async (args: readonly string[], code = 1): Promise<string> => {
    const ended = await lm(args);
    expect(ended.code).toBe(code);
    return ended.stderr;
  };
  const command = ['train', '--data', data, '--run', join(folder, 'never'), ...tiny];
  const train = (...args: string[]): Promise<string> => failing([...command, ...args]);
  /** What would be refused again. */
  const setting = (...args: string[]): Promise<string> => failing([...command, ...args], 42);

  test('settings', async () => {
    expect(await setting('--lambda', '-1')).toContain('lambda: expected a lambda of 0 or more');
    expect(await setting('--preset', 'huge')).toContain(
      'expected one of quick, quick-dense, quick-iss, small, small-iss, medium, large, large-iss, rhn-quick, rhn-quick-dense, rhn-quick-iss, rhn-small, rhn-dense, rhn, found "huge"',
    );
    expect(await setting('--epochs', 'ten')).toContain('expected a finite number, found "ten"');
    expect(await train('--backend', 'tpu')).toContain('tpu');
    expect(existsSync(join(folder, 'never'))).toBe(false);
  });

  test('a corpus that is missing, empty or too short', async () => {
    expect(await train('--data', join(folder, 'nowhere'))).toContain('found neither train.txt');
    const empty = mkdtempSync(join(folder, 'empty-'));
    for (const part of ['train', 'valid', 'test']) writeFileSync(join(empty, `${part}.txt`), '');
    expect(await train('--data', empty)).toContain(
      'expected at least two words in the train part, found 0',
    );
    expect(await train('--batch', '900')).toContain(
      'words for 900 rows of 5 steps in the training text',
    );
  });

  test('another setting for a run that has begun, with the same code as a user sees', async () => {
    const args = ['train', '--data', data, '--run', run, ...tiny, '--lambda', '0.5'];
    expect(await failing(args, 42)).toContain('lambda: 0.05 then, 0.5 now');
    expect(await lmProcess(args)).toEqual(await lm(args));
  });

  test('settings and a folder beside --resume, which has its own', async () => {
    const resume = (...args: string[]) => failing(['train', '--resume', run, ...args], 42);
    expect(await resume('--lambda', '0.5')).toContain(
      '--lambda: expected none beside --resume, which goes on with the settings that the run began with, in its folder, found 0.5; leave one of the two out.',
    );
    expect(await resume('--run', 'elsewhere')).toContain('--run: expected none beside --resume');
    expect(await resume('--preset', 'quick')).toContain('--preset: expected none beside --resume');
    expect(await resume('--cell', 'rhn')).toContain('--cell: expected none beside --resume');
  });

  test('a year beside files', async () => {
    expect(await failing(['train', '--data', data, '--from-year', '1990'], 42)).toContain(
      '--from-year: expected none beside --data, which has no years, found 1990',
    );
  });

  test('a model of a text of files, whose text nobody gives', async () => {
    expect(await failing(['evaluate', '--model', join(run, 'model')])).toContain(
      `--data: expected a folder beside ${join(run, 'model')}, which learned from "${data}", found none`,
    );
  });

  test('another text under the name of the one that a run has begun with', async () => {
    const begun = join(folder, 'begun');
    const copy = join(folder, 'text');
    cpSync(data, copy, { recursive: true });
    const args = ['train', '--data', copy, '--run', begun, '--silent', ...tiny];
    expect((await lm(args)).code).toBe(0);
    rmSync(join(begun, 'result.json'));
    const file = join(copy, 'train.txt');
    // Of the same words and as long.
    writeFileSync(file, readFileSync(file, 'utf8').split('\n').reverse().join('\n'));
    expect(await failing(args)).toContain(
      `the SHA-256 of the words in --data ${copy} does not fit the rest`,
    );
  });

  test('a damaged model', async () => {
    const out = join(folder, 'damaged');
    await lm(['prune', '--model', join(run, 'dense'), '--out', out]);
    truncateSync(join(out, 'model.safetensors'), 300);
    expect(await failing(['evaluate', '--model', out, '--data', data])).toContain(
      'model.safetensors',
    );
    expect(await failing(['sample', '--model', folder])).toContain('config.json');
    expect(
      await failing(['sample', '--model', join(run, 'model'), '--prompt', 'zebras']),
    ).toContain('"zebras" is not among the 8 words of the vocabulary');
  });
});
