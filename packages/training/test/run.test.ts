import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { testFolder } from '@secateur/testing/folders';
import { describe, expect, test, vi } from 'vitest';
import { openRun, readRun, TrainingError } from '@secateur/training';
import { thisSystem } from '../src/process-mark.ts';
import { thrownBy } from './thrown-by.ts';

const config = { preset: 'quick', units: [64, 64], optimizer: { rate: 1, clip: 5 } };

describe('openRun', () => {
  test('makes a new run, goes on with an interrupted one, and leaves a finished one alone', () => {
    const directory = join(testFolder(), 'runs', 'quick');
    const first = openRun({ directory, config });
    expect(first.status).toBe('new');
    expect(first.modelDirectory).toBe(join(directory, 'model'));
    expect(JSON.parse(readFileSync(join(directory, 'config.json'), 'utf8'))).toEqual(config);
    first.close();

    const second = openRun({ directory, config });
    expect(second.status).toBe('interrupted');
    expect(second.readResult()).toBeUndefined();
    second.writeResult({ perplexity: 80 });
    expect(second.status).toBe('finished');

    const third = openRun({ directory, config });
    expect(third.status).toBe('finished');
    expect(third.readResult()).toEqual({ perplexity: 80 });
    for (const write of [
      () => third.saveCheckpoint({ step: 1, tensors: {}, state: null }),
      () => {
        third.metrics.append({ step: 1 });
      },
      () => {
        third.writeResult({});
      },
    ]) {
      expect(write).toThrow(
        /expected a run that is open, found .* finished; use another directory/,
      );
    }
    third.close();
    expect(readdirSync(directory).sort()).toEqual([
      'checkpoints',
      'config.json',
      'metrics.jsonl',
      'result.json',
    ]);
  });

  test('does not mind the order of keys', () => {
    const directory = testFolder();
    openRun({ directory, config: { a: 1, b: { c: 2, d: 3 } } }).close();
    const run = openRun({ directory, config: { b: { d: 3, c: 2, e: undefined }, a: 1 } });
    expect(run.status).toBe('interrupted');
    run.close();
  });

  test('names every key of another config with both values', () => {
    const directory = testFolder();
    openRun({ directory, config }).close();
    const other = { preset: 'quick', units: [64, 32], optimizer: { rate: 0.5 }, seed: 3 };
    const error = thrownBy(() => openRun({ directory, config: other }));
    expect(error).toBeInstanceOf(TrainingError);
    expect(error.code).toBe('config');
    expect(error.message).toBe(
      `openRun: expected the config that this run began with (${join(directory, 'config.json')}), found other values ` +
        '(units[1]: 64 then, 32 now; optimizer.rate: 1 then, 0.5 now; optimizer.clip: 5 then, (not set) now; ' +
        'seed: (not set) then, 3 now); use the old values to go on, or another directory to start anew.',
    );
    // The failed attempt holds no lock.
    openRun({ directory, config }).close();
  });

  test('holds a finished run to its config too', () => {
    const directory = testFolder();
    openRun({ directory, config }).writeResult({});
    expect(() => openRun({ directory, config: { ...config, preset: 'large' } })).toThrow(
      'preset: "quick" then, "large" now',
    );
  });

  test('refuses a directory of other files and leaves it as it was', () => {
    const directory = testFolder();
    for (const name of ['a.txt', 'b.txt', 'c.txt', 'd.txt'])
      writeFileSync(join(directory, name), '');
    expect(() => openRun({ directory, config })).toThrow(
      `openRun: expected an empty directory or one with a config.json, found a.txt, b.txt, c.txt and 1 more in ${directory}; pass a directory of its own.`,
    );
    expect(readdirSync(directory)).toHaveLength(4);
  });

  test('clears away what a killed process left half-written, and nothing else', () => {
    const directory = testFolder();
    openRun({ directory, config }).close();
    const checkpoints = join(directory, 'checkpoints');
    writeFileSync(join(directory, '.config.json.4242.tmp'), '{');
    writeFileSync(join(checkpoints, '.step-00000010.safetensors.4242.tmp'), 'half');
    writeFileSync(join(directory, 'notes.tmp'), 'mine');
    openRun({ directory, config }).close();
    expect(readdirSync(checkpoints)).toEqual([]);
    expect(readdirSync(directory).sort()).toEqual([
      'checkpoints',
      'config.json',
      'metrics.jsonl',
      'notes.tmp',
    ]);
  });

  test('does not take what macOS and Windows put into every folder for files of others', () => {
    const directory = testFolder();
    for (const name of ['.DS_Store', '._config.json', 'Thumbs.db', 'desktop.ini']) {
      writeFileSync(join(directory, name), '');
    }
    const run = openRun({ directory, config });
    expect(run.status).toBe('new');
    run.close();
  });

  test('begins anew after being killed before the config was written', () => {
    const directory = testFolder();
    writeFileSync(join(directory, '.config.json.4242.tmp'), '{');
    const run = openRun({ directory, config });
    expect(run.status).toBe('new');
    run.close();
  });

  test('says what is wrong with its own input', () => {
    const directory = testFolder();
    expect(() => openRun({ directory: '', config })).toThrow(
      'openRun: expected the path of a directory, found ""',
    );
    expect(() => openRun({ directory, config, keep: 0 })).toThrow(
      'openRun: expected to keep a whole number of checkpoints >= 1, found 0',
    );
    expect(() => openRun({ directory, config: [] })).toThrow(
      'openRun: expected a config object, found []',
    );
    expect(() => openRun({ directory, config: { rate: NaN } })).toThrow(
      'openRun: expected what JSON can hold, found NaN at config.rate',
    );
    writeFileSync(join(directory, 'file'), '');
    expect(() => openRun({ directory: join(directory, 'file'), config })).toThrow(
      /openRun: expected to make the directory .*file, found something else of that name \(EEXIST\)/,
    );
  });
});

describe('the lock of a run', () => {
  const deadProcess = (): number => spawnSync(process.execPath, ['-e', '']).pid;
  const writeLock = (directory: string, holder: object | string): void => {
    mkdirSync(directory, { recursive: true });
    const text = typeof holder === 'string' ? holder : JSON.stringify(holder);
    writeFileSync(join(directory, '.lock'), text);
  };

  test('keeps a second trainer out until the first closes', () => {
    const directory = testFolder();
    const run = openRun({ directory, config });
    const error = thrownBy(() => openRun({ directory, config }));
    expect(error.code).toBe('locked');
    expect(error.message).toBe(
      `openRun: expected a run that no other process has open, found it locked by process ${String(process.pid)} (${join(directory, '.lock')}); wait for it or stop it, or use another directory.`,
    );
    run.close();
    run.close();
    openRun({ directory, config }).close();
    expect(existsSync(join(directory, '.lock'))).toBe(false);
  });

  test('of a later run stands when an earlier one is closed once more', () => {
    const directory = testFolder();
    // The marks of one process differ by a time alone, of which two may have the same.
    vi.spyOn(thisSystem, 'uptime').mockReturnValue(5);
    const first = openRun({ directory, config });
    first.close();
    const second = openRun({ directory, config });
    first.close();
    expect(existsSync(join(directory, '.lock'))).toBe(true);
    second.close();
  });

  test('and others of this process wait for its end with one listener', () => {
    const before = process.listenerCount('exit');
    const runs = [1, 2, 3].map(() => openRun({ directory: testFolder(), config }));
    expect(process.listenerCount('exit')).toBe(before + 1);
    for (const run of runs) run.close();
    expect(process.listenerCount('exit')).toBe(before);
  });

  test('of a living process stands, and the error says what to do if it is another one', () => {
    const directory = testFolder();
    writeLock(directory, { pid: process.ppid, host: hostname(), started: null });
    expect(() => openRun({ directory, config })).toThrow(
      `locked by process ${String(process.ppid)} (${join(directory, '.lock')}); wait for it or stop it, or use another directory; if that is another program, which got the id of a killed training, delete ${join(directory, '.lock')}.`,
    );
  });

  test('of a dead process is taken over', () => {
    const directory = testFolder();
    writeLock(directory, { pid: deadProcess(), host: hostname(), started: null });
    openRun({ directory, config }).close();
    expect(readdirSync(directory).filter((name) => name.startsWith('.lock'))).toEqual([]);
  });

  test.runIf(process.platform === 'linux')(
    'of an earlier process with our own id is taken over',
    () => {
      const directory = testFolder();
      writeLock(directory, { pid: process.pid, host: hostname(), started: 'another boot/1' });
      openRun({ directory, config }).close();
    },
  );

  test('of another machine stands, and the error says what to delete', () => {
    const directory = testFolder();
    writeLock(directory, { pid: 1, host: 'elsewhere', started: null });
    expect(() => openRun({ directory, config })).toThrow(
      `locked by process 1 on elsewhere (${join(directory, '.lock')}); if that machine or container no longer runs it, delete ${join(directory, '.lock')}.`,
    );
  });

  test('that was never finished is taken over', () => {
    for (const text of ['', '{"pid":', '{"pid":-1}', '{"pid":1}', '{"pid":1.5,"host":"a"}']) {
      const directory = testFolder();
      writeLock(directory, text);
      openRun({ directory, config }).close();
    }
  });
});

describe('readRun', () => {
  test('reads a run while another process trains in it', () => {
    const directory = testFolder();
    const run = openRun({ directory, config });
    run.metrics.append({ step: 1, loss: 2 });
    run.saveCheckpoint({ step: 1, tensors: {}, state: { epoch: 1 } });
    const reader = readRun(directory);
    expect(reader.status).toBe('interrupted');
    expect(reader.config).toEqual(config);
    expect(reader.readMetrics()).toEqual([{ step: 1, loss: 2 }]);
    expect(reader.latestCheckpoint()?.state).toEqual({ epoch: 1 });
    expect(reader.readResult()).toBeUndefined();
    run.writeResult({ ok: true });
    expect(readRun(directory).status).toBe('finished');
    expect(reader.readResult()).toEqual({ ok: true });
  });

  test('writes nothing', () => {
    const directory = testFolder();
    const run = openRun({ directory, config });
    run.saveCheckpoint({ step: 1, tensors: {}, state: null });
    run.close();
    // What openRun would remove or drop.
    writeFileSync(join(directory, '.config.json.4242.tmp'), '{');
    writeFileSync(join(directory, 'metrics.jsonl'), '{"step":1}\n{"step":2}\n{"st');
    const files = (): string[][] =>
      readdirSync(directory, { recursive: true, encoding: 'utf8' })
        .filter((name) => name !== 'checkpoints')
        .sort()
        .map((name) => [name, readFileSync(join(directory, name), 'latin1')]);
    const before = files();
    const reader = readRun(directory);
    expect(reader.readMetrics()).toHaveLength(2);
    expect(reader.latestCheckpoint()?.step).toBe(1);
    expect(files()).toEqual(before);
  });

  test('refuses a directory that is no run', () => {
    const directory = testFolder();
    expect(() => readRun(directory)).toThrow(
      `readRun: expected a run directory with a config.json, found none in ${directory}; pass the directory that the training was given.`,
    );
  });

  test('names a damaged config', () => {
    const directory = testFolder();
    writeFileSync(join(directory, 'config.json'), '{');
    expect(() => readRun(directory)).toThrow(
      /config\.json: expected JSON, found "\{" \(.*\); is the file whole\? Mend it/,
    );
  });
});
