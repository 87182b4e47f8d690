import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testFolder } from '@secateur/testing/folders';
import { describe, expect, test } from 'vitest';
import { openRun, readMetrics, TrainingError, type Checkpoint } from '@secateur/training';
import { thrownBy } from './thrown-by.ts';

const config = { seed: 1 };
const at = (step: number): Checkpoint => ({ step, tensors: {}, state: null });

describe('metrics', () => {
  test('are one JSON line a record, readable at once', () => {
    const run = openRun({ directory: testFolder(), config });
    run.metrics.append({ step: 1, loss: 4.5 });
    run.metrics.append({ step: 2, loss: NaN, alive: { h1: 3 } });
    expect(readFileSync(run.metrics.file, 'utf8')).toBe(
      '{"step":1,"loss":4.5}\n{"step":2,"loss":null,"alive":{"h1":3}}\n',
    );
    expect(run.metrics.read()).toEqual([
      { step: 1, loss: 4.5 },
      { step: 2, loss: null, alive: { h1: 3 } },
    ]);
    run.close();
  });

  test('of a resumed run end at its newest checkpoint', () => {
    const directory = testFolder();
    const first = openRun({ directory, config });
    for (let step = 1; step <= 10; step++) {
      first.metrics.append({ step });
      if (step % 4 === 0) first.saveCheckpoint(at(step));
    }
    first.close();
    const second = openRun({ directory, config });
    expect(second.metrics.read().map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    second.metrics.append({ step: 9 });
    expect(second.metrics.read()).toHaveLength(9);
    second.close();
  });

  test('of a run without a checkpoint start over', () => {
    const directory = testFolder();
    const first = openRun({ directory, config });
    first.metrics.append({ step: 0 });
    first.close();
    const second = openRun({ directory, config });
    expect(second.metrics.read()).toEqual([]);
    second.close();
  });

  test('lose a half-written last line on resume, and stay readable before', () => {
    const directory = testFolder();
    const first = openRun({ directory, config });
    first.metrics.append({ step: 1 });
    first.saveCheckpoint(at(2));
    appendFileSync(first.metrics.file, '{"step":2,"lo');
    first.close();
    expect(readMetrics(first.metrics.file)).toEqual([{ step: 1 }]);
    const second = openRun({ directory, config });
    expect(readFileSync(second.metrics.file, 'utf8')).toBe('{"step":1}\n');
    second.close();
  });

  test('name a damaged line in the middle', () => {
    const file = join(testFolder(), 'metrics.jsonl');
    writeFileSync(file, '{"step":1}\nnonsense\n{"step":3}\n');
    const error = thrownBy(() => readMetrics(file));
    expect(error).toBeInstanceOf(TrainingError);
    expect(error.code).toBe('metrics');
    expect(error.message).toContain(
      `expected a JSON object with a whole number "step" in line 2 of ${file}, found "nonsense"; mend or delete that line.`,
    );
  });

  test('refuse a record without a step', () => {
    const run = openRun({ directory: testFolder(), config });
    expect(() => {
      run.metrics.append({ loss: 1 } as unknown as { step: number });
    }).toThrow(
      'metrics.append: expected an object with a whole number "step" >= 0, found step undefined',
    );
    run.close();
  });

  test('refuse a record that their reader would refuse, and stay readable', () => {
    const directory = testFolder();
    const run = openRun({ directory, config });
    const append = (record: object) => () => {
      run.metrics.append({ step: 1, ...record });
    };
    expect(append({ norms: new Array(500_000).fill(0) })).toThrow(
      'metrics.append: the record: expected JSON of at most 1000000 characters, found 1000020; keep long lists in tensors.',
    );
    expect(append({ words: JSON.parse('{"__proto__":1}') as unknown })).toThrow(
      'metrics.append: the record: expected another name than "__proto__" in JSON',
    );
    expect(thrownBy(append({ count: 10n }))).toMatchObject({
      name: 'TrainingError',
      code: 'argument',
    });
    expect(append({ toJSON: () => 3 })).toThrow('an object that JSON writes as one, found "3"');
    append({ loss: 2 })();
    run.close();
    openRun({ directory, config }).close();
  });

  test('of a file that is not there are none', () => {
    expect(readMetrics(join(testFolder(), 'metrics.jsonl'))).toEqual([]);
  });
});
