import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expandSweep, trialId } from '../../src/spec/expand-sweep.ts';
import { parseSweep } from '../../src/spec/parse-sweep.ts';
import { parseTrialLines, trialLines } from '../../src/spec/trial-lines.ts';

const command = ['train', '--run', '{run}', '--lambda={lambda}', '{seed}'];
const sweep = (rest: object): string => JSON.stringify({ name: 'quick', command, ...rest });
const settingsOf = (text: string) => expandSweep(parseSweep(text)).map(({ settings }) => settings);

describe('expandSweep', () => {
  test('combines lists, ranges and seeds; the first setting changes last', () => {
    const settings = { lambda: { from: 0.001, to: 0.1, count: 3, scale: 'log' }, epochs: 9 };
    expect(settingsOf(sweep({ settings, seeds: [1, 2] }))).toEqual([
      { lambda: 0.001, epochs: 9, seed: 1 },
      { lambda: 0.001, epochs: 9, seed: 2 },
      { lambda: 0.01, epochs: 9, seed: 1 },
      { lambda: 0.01, epochs: 9, seed: 2 },
      { lambda: 0.1, epochs: 9, seed: 1 },
      { lambda: 0.1, epochs: 9, seed: 2 },
    ]);
    const linear = { lambda: { from: 0.1, to: 0.4, count: 4 }, seed: 1 };
    expect(settingsOf(sweep({ settings: linear })).map((one) => one['lambda'])).toEqual([
      0.1, 0.2, 0.3, 0.4,
    ]);
  });

  test('takes trials one by one, each with every seed', () => {
    const trials = [{ lambda: 1 }, { lambda: null, note: 'dense' }];
    const text = JSON.stringify({
      name: 'list',
      command: ['train', '{run}', '{lambda}', '{note}'],
      trials: trials.map((trial) => ({ note: '', ...trial })),
    });
    expect(settingsOf(text)).toEqual([
      { lambda: 1, note: '' },
      { lambda: null, note: 'dense' },
    ]);
    expect(settingsOf(sweep({ trials: [{ lambda: 1 }], seeds: [4, 5] }))).toEqual([
      { lambda: 1, seed: 4 },
      { lambda: 1, seed: 5 },
    ]);
  });

  test('gives a trial all that a worker needs', () => {
    const quality = { name: 'perplexity', key: 'pruned.perplexity', better: 'lower' };
    const work = { name: 'multiply-adds', key: 'pruned.macs' };
    const [spec] = expandSweep(
      parseSweep(sweep({ settings: { lambda: 1, seed: 2 }, quality, work, retries: 3 })),
    );
    // printf '[["train","--run","{run}","--lambda={lambda}","{seed}"],[["lambda",1],["seed",2]]]' | sha256sum
    expect(spec).toEqual({
      id: 'quick-635dc03eb0586085',
      sweep: 'quick',
      command,
      settings: { lambda: 1, seed: 2 },
      quality,
      work,
      retries: 3,
      versions: { '@secateur/sweep': expect.stringMatching(/^\d+\.\d+\.\d+/) },
    });
  });

  test('names a trial by its command and settings, in whatever order these are', () => {
    expect(trialId('a', ['x'], { b: 1, a: 2 })).toBe(trialId('a', ['x'], { a: 2, b: 1 }));
    expect(trialId('a', ['x'], { a: 2 })).not.toBe(trialId('a', ['x'], { a: '2' }));
    expect(trialId('a', ['x'], { a: 2 })).not.toBe(trialId('a', ['y'], { a: 2 }));
  });

  test('refuses the same trial twice', () => {
    expect(() => settingsOf(sweep({ trials: [{ lambda: 1 }, { lambda: 1 }], seeds: [1] }))).toThrow(
      'sweep quick: expected trials that differ, found {"lambda":1,"seed":1} twice; remove one of the two.',
    );
  });

  test('has as many trials as the product of its lists, with ids that differ and survive trials.jsonl', () => {
    const values = fc.uniqueArray(fc.oneof(fc.integer(), fc.boolean(), fc.string()), {
      minLength: 1,
      maxLength: 5,
    });
    const axes = fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), values, { maxKeys: 4 });
    fc.assert(
      fc.property(
        axes.filter((settings) => !('run' in settings)),
        fc.uniqueArray(fc.nat(), { minLength: 1, maxLength: 3 }),
        (settings, seeds) => {
          const names = [...Object.keys(settings), 'seed'];
          const all = {
            name: 'all',
            command: ['x', '{run}', ...names.map((n) => `{${n}}`)],
            settings,
            seeds,
          };
          const specs = expandSweep(parseSweep(JSON.stringify(all)));
          const count = Object.values(settings).reduce((n, { length }) => n * length, seeds.length);
          expect(specs).toHaveLength(count);
          expect(new Set(specs.map(({ id }) => id)).size).toBe(count);
          expect(parseTrialLines(trialLines(specs))).toEqual(specs);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('parseSweep', () => {
  const one = { lambda: 1, seed: 1 };
  test.each([
    [
      sweep({ setings: one }),
      'sweep: expected one of name, command, settings, trials, seeds, quality, work, retries, found "setings"; did you mean "settings"?',
    ],
    [
      sweep({ settings: { ...one, lambda: { from: 1, to: 2, cuont: 3 } } }),
      'settings.lambda: expected one of from, to, count, scale, found "cuont"; did you mean "count"?',
    ],
    [
      sweep({ name: 'Quick', settings: one }),
      'sweep: name: expected a name of at most 40 lower-case letters, digits and "-", found "Quick"; choose one such as "quick-lambda"',
    ],
    [
      sweep({ command: 'train {lambda}', settings: one }),
      'sweep: command: expected a list of a program and its arguments, found "train {lambda}"; write a list of texts such as',
    ],
    [
      JSON.stringify({ name: 'a' }),
      'sweep: command: expected a list of a program and its arguments, found nothing; write',
    ],
    [
      sweep({ settings: { ...one, lambda: { from: 0, to: 2, count: 3, scale: 'log' } } }),
      'sweep: settings.lambda: expected ends above 0 on a log scale, found others; use the scale "linear".',
    ],
    [
      sweep({ settings: { ...one, lambda: { from: 1, to: 2, count: 1 } } }),
      'sweep: settings.lambda.count: expected a whole number of 2 or more, found 1; write such a number.',
    ],
    [
      sweep({ settings: { ...one, lambda: { from: 2, to: 2, count: 2 } } }),
      'settings.lambda: expected two ends that differ, found one; write the value alone.',
    ],
    [
      sweep({ settings: { ...one, lambda: [] } }),
      'settings.lambda: expected at least one value, found an empty list; add one, or remove the setting.',
    ],
    [
      sweep({ settings: { ...one, lambda: [1, 1] } }),
      'settings.lambda: expected values that differ, found one twice; remove one of the two.',
    ],
    [
      sweep({ settings: { ...one, lambda: [[1]] } }),
      'settings.lambda.0: expected a text, a number, true, false or null, found [1]; write one value.',
    ],
    [
      sweep({ settings: { ...one, run: 1 } }),
      'expected a name of letters, digits, "_", "-" and ".", found "run"',
    ],
    [
      sweep({ settings: { lambdo: 1, seed: 1 } }),
      'sweep: command: expected a setting for {lambda}, found none; add it to the settings, or did you mean {lambdo}?',
    ],
    [
      sweep({ settings: { ...one, dropout: [0.7, 0.9] } }),
      'sweep: command: expected {dropout}, as trials differ in it, found no such place; add it, or remove the setting.',
    ],
    [
      sweep({ command: ['train', '{lambda}'], settings: { lambda: 1 } }),
      'sweep: command: expected {run}, the run directory, in which a trial leaves its result, found no such place; add it.',
    ],
    [
      sweep({ settings: one, trials: [one] }),
      'sweep: expected either "settings" or "trials", found both; leave one out.',
    ],
    [
      sweep({ settings: one, seeds: [1] }),
      'sweep: expected the seeds in one place, found "seeds" and a setting "seed"; leave one out.',
    ],
    [
      sweep({ trials: [{ lambda: 1 }, {}], seeds: [1] }),
      'sweep: trials.1: expected the setting "lambda", which the command uses, found none; add it.',
    ],
    [
      sweep({ settings: { lambda: 1 }, seeds: [1, 1] }),
      'sweep: seeds: expected a list of whole numbers that differ, found [1,1]; write them one by one',
    ],
    [
      sweep({ settings: { ...one, lambda: { from: 1, to: 2, count: 1e15 } } }),
      'sweep: expected at most 1000000 trials, found 1000000000000000; make shorter lists, or several sweeps.',
    ],
    [
      sweep({ settings: one, quality: { name: 'a', key: 'b', better: 'less' } }),
      'sweep: quality.better: expected "lower" or "higher", found "less"; write one of these.',
    ],
    ['{', 'sweep: expected JSON, found "{"'],
    ['[]', 'sweep: expected an object with name, command,'],
  ])('refuses %s', (text, message) => {
    expect(() => parseSweep(text)).toThrow(message);
  });
});

describe('trials.jsonl', () => {
  const specs = expandSweep(parseSweep(sweep({ settings: { lambda: 1 }, seeds: [1, 2] })));
  const text = trialLines(specs);

  test('may have the line ends of Windows', () => {
    expect(parseTrialLines(text.replaceAll('\n', '\r\n'))).toEqual(specs);
  });

  test('says what is wrong with a line', () => {
    expect(() => parseTrialLines(text.slice(0, -20))).toThrow(
      'trials.jsonl, line 2: expected JSON',
    );
    // As an editor counts them.
    expect(() => parseTrialLines(`\n\n${text.slice(0, -20)}`)).toThrow('trials.jsonl, line 4:');
    expect(() => parseTrialLines(text.replace('"retries":5', '"retrys":5'))).toThrow(
      'trials.jsonl, line 1: retries: expected a whole number of 0 or more, found nothing; write such a number; expected one of id,',
    );
  });
});
