import {
  copyFileSync,
  readdirSync,
  readFileSync,
  truncateSync,
  appendFileSync,
  writeFileSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { testFolder } from '@secateur/testing/folders';
import { describe, expect, test } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from '@secateur/safetensors';
import {
  openRun,
  readCheckpoint,
  TrainingError,
  writeCheckpoint,
  type Checkpoint,
} from '@secateur/training';
import { thrownBy } from './thrown-by.ts';

const config = { seed: 1 };
const checkpoint = (step: number): Checkpoint => ({
  step,
  tensors: {
    'lstm/kernel': { shape: [2, 2], data: Float32Array.of(step, 0.1, -0, 1e-42) },
    position: { shape: [], data: Int32Array.of(7) },
  },
  state: { epoch: 2, order: [3, 1, 2], text: 'ä' },
});

describe('writeCheckpoint and readCheckpoint', () => {
  test('give back every bit', () => {
    const file = join(testFolder(), 'a.safetensors');
    // Arbitrary bits: denormals, both zeros, infinities and NaNs among them.
    const bits = fc.array(fc.integer(), { maxLength: 20 });
    // A name that no reader of ours takes.
    const values = fc
      .jsonValue({ noUnicodeString: false })
      .filter((value) => !JSON.stringify(value).includes('__proto__'));
    fc.assert(
      fc.property(bits, fc.nat(), values, (numbers, step, value) => {
        const data = new Float32Array(Int32Array.from(numbers).buffer);
        // JSON has one zero.
        const state = JSON.parse(JSON.stringify(value)) as unknown;
        writeCheckpoint(file, { step, tensors: { w: { shape: [data.length], data } }, state });
        const back = readCheckpoint(file);
        expect(back.step).toBe(step);
        expect(back.state).toEqual(state);
        const { buffer } = back.tensors['w']!.data;
        expect([...new Int32Array(buffer as ArrayBuffer)]).toEqual(numbers);
      }),
      { numRuns: 30 },
    );
  });

  test('keep shapes, types and scalars', () => {
    const file = join(testFolder(), 'a.safetensors');
    writeCheckpoint(file, checkpoint(12));
    const { tensors } = readCheckpoint(file);
    expect(tensors['lstm/kernel']).toMatchObject(checkpoint(12).tensors['lstm/kernel']!);
    expect(tensors['position']!.shape).toEqual([]);
    expect(tensors['position']!.data).toEqual(Int32Array.of(7));
  });

  test('notice a file cut short at any byte', () => {
    const directory = testFolder();
    const file = join(directory, 'a.safetensors');
    writeCheckpoint(file, checkpoint(3));
    const whole = readFileSync(file);
    const cut = join(directory, 'b.safetensors');
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(cut, whole.subarray(0, length));
      const error = thrownBy(() => readCheckpoint(cut));
      expect(error).toBeInstanceOf(TrainingError);
      expect(error.message).toMatch(
        new RegExp(
          `expected \\d+ bytes in .*b\\.safetensors, found ${String(length)}: it is cut short`,
        ),
      );
    }
    truncateSync(file, whole.length - 4);
    expect(thrownBy(() => readCheckpoint(file)).message).toBe(
      `readCheckpoint: expected ${String(whole.length)} bytes in ${file}, found ${String(whole.length - 4)}: it is cut short; use another checkpoint.`,
    );
  });

  test('notice a changed bit anywhere', () => {
    const directory = testFolder();
    const file = join(directory, 'a.safetensors');
    writeCheckpoint(file, checkpoint(3));
    const whole = readFileSync(file);
    for (let at = 0; at < whole.length; at++) {
      const changed = Uint8Array.from(whole);
      changed[at]! ^= 1 << (at % 8);
      writeFileSync(file, changed);
      expect(thrownBy(() => readCheckpoint(file)).code).toBe('checkpoint');
    }
    const changed = Uint8Array.from(whole);
    changed[changed.length - 1]! ^= 1;
    writeFileSync(file, changed);
    expect(thrownBy(() => readCheckpoint(file)).message).toMatch(
      /expected sha256 [0-9a-f]{64} of .*a\.safetensors, found [0-9a-f]{64}: its bytes changed; use another checkpoint\.$/,
    );
  });

  test('notice bytes added at the end', () => {
    const file = join(testFolder(), 'a.safetensors');
    writeCheckpoint(file, checkpoint(3));
    appendFileSync(file, 'more');
    expect(thrownBy(() => readCheckpoint(file)).message).toContain('something was added to it');
  });

  test('tell a checkpoint from other safetensors and other versions', () => {
    const file = join(testFolder(), 'a.safetensors');
    writeFileSync(file, encodeSafetensors({ w: { shape: [1], data: Float32Array.of(1) } }));
    expect(() => readCheckpoint(file)).toThrow(
      `expected a checkpoint in ${file}, found other safetensors`,
    );
    writeCheckpoint(file, checkpoint(3));
    const { tensors, metadata } = decodeSafetensors(readFileSync(file));
    writeFileSync(file, encodeSafetensors(tensors, { ...metadata, version: '2' }));
    expect(() => readCheckpoint(file)).toThrow('expected a checkpoint of version 1');
  });

  test('refuse a state that JSON would change', () => {
    const file = join(testFolder(), 'a.safetensors');
    const write = (state: unknown) => () => {
      writeCheckpoint(file, { step: 1, tensors: {}, state });
    };
    expect(write({ guard: { best: Infinity } })).toThrow(
      'writeCheckpoint: expected what JSON can hold, found Infinity at state.guard.best; leave it out, use null, or keep numbers in tensors.',
    );
    expect(write({ order: new Float32Array(2) })).toThrow('found a Float32Array at state.order');
    expect(write([() => 1])).toThrow('found a value of type function at state[0]');
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    expect(write(loop)).toThrow('found an object that holds itself at state.self');
    const holes: unknown[] = [];
    holes[1] = 1;
    expect(write({ order: holes })).toThrow('found a value of type undefined at state.order[0]');
  });

  test('refuse a state that their reader would refuse, and the checkpoint before it stays', () => {
    const directory = testFolder();
    const run = openRun({ directory, config, keep: 1 });
    run.saveCheckpoint(checkpoint(1));
    const nested = (levels: number): unknown =>
      Array.from({ length: levels }).reduce((within) => [within], 0 as unknown);
    const refused: [unknown, string][] = [
      [nested(129), 'found more than 128 levels of objects and lists at state[0][0]'],
      [nested(100_000), 'found more than 128 levels'],
      [
        { counts: JSON.parse('{"__proto__":3}') as unknown },
        'saveCheckpoint: state: expected another name than "__proto__" in JSON',
      ],
      [
        new Array(10_000_001).fill(0),
        'saveCheckpoint: state: expected JSON of at most 10000000 values, found more at character 19999998; keep long lists in tensors.',
      ],
    ];
    for (const [state, message] of refused) {
      const error = thrownBy(() => run.saveCheckpoint({ ...checkpoint(2), state }));
      expect(error.message).toContain(message);
      expect(error.code).toBe('argument');
    }
    expect(run.latestCheckpoint()?.step).toBe(1);
    run.saveCheckpoint({ ...checkpoint(2), state: nested(128) });
    expect(run.latestCheckpoint()?.state).toEqual(nested(128));
    run.close();
  });

  test('take an array of a class of its own', () => {
    class Weights extends Float32Array {}
    const file = join(testFolder(), 'a.safetensors');
    const data = Weights.of(1, 2) as Float32Array;
    writeCheckpoint(file, { step: 1, tensors: { w: { shape: [2], data } }, state: null });
    expect(readCheckpoint(file).tensors['w']!.data).toEqual(Float32Array.of(1, 2));
  });

  test('refuse tensors that do not fit their shape or type', () => {
    const file = join(testFolder(), 'a.safetensors');
    const write = (tensor: unknown) => () => {
      writeCheckpoint(file, {
        step: 1,
        tensors: { w: tensor } as Checkpoint['tensors'],
        state: null,
      });
    };
    expect(write({ shape: [3], data: new Float32Array(2) })).toThrow(
      'expected as many elements in "w" as its shape [3] has, found 2',
    );
    expect(write({ shape: [2], data: [1, 2] })).toThrow(
      'expected a Float32Array or Int32Array as the data of "w", found Array',
    );
    expect(() => {
      writeCheckpoint(file, { step: -1, tensors: {}, state: null });
    }).toThrow('expected a whole number of steps >= 0, found -1');
  });
});

describe('run.saveCheckpoint', () => {
  test('keeps the newest two, and named ones apart', () => {
    const directory = testFolder();
    const run = openRun({ directory, config });
    const path = run.saveCheckpoint(checkpoint(100));
    expect(path).toBe(join(directory, 'checkpoints', 'step-00000100.safetensors'));
    run.saveCheckpoint(checkpoint(100), { name: 'best' });
    for (const step of [200, 300, 400]) run.saveCheckpoint(checkpoint(step));
    expect(readdirSync(join(directory, 'checkpoints')).sort()).toEqual([
      'best.safetensors',
      'step-00000300.safetensors',
      'step-00000400.safetensors',
    ]);
    expect(run.checkpoints().map(({ step }) => step)).toEqual([300, 400]);
    expect(run.latestCheckpoint()).toEqual(checkpoint(400));
    expect(run.namedCheckpoint('best')?.step).toBe(100);
    expect(run.namedCheckpoint('other')).toBeUndefined();
    run.close();
  });

  test('keeps as many as asked, and orders steps by number', () => {
    const run = openRun({ directory: testFolder(), config, keep: 1 });
    run.saveCheckpoint(checkpoint(99_999_999));
    run.saveCheckpoint(checkpoint(100_000_000));
    expect(run.checkpoints().map(({ step }) => step)).toEqual([100_000_000]);
    run.close();
  });

  test('may save a step again, but not go back', () => {
    const run = openRun({ directory: testFolder(), config });
    run.saveCheckpoint(checkpoint(200));
    run.saveCheckpoint(checkpoint(200));
    expect(() => run.saveCheckpoint(checkpoint(199))).toThrow(
      'saveCheckpoint: expected step 200 or later',
    );
    expect(run.checkpoints()).toHaveLength(1);
    run.close();
  });

  test('refuses names that lead elsewhere', () => {
    const run = openRun({ directory: testFolder(), config });
    for (const name of ['../config', '', 'step-00000001', 'a.b']) {
      expect(() => run.saveCheckpoint(checkpoint(1), { name })).toThrow(
        'saveCheckpoint: expected a name of lower-case letters, digits and hyphens',
      );
    }
    run.close();
  });

  test('refuses names that another system would take for something else', () => {
    const run = openRun({ directory: testFolder(), config });
    // One file with best on macOS and Windows, and devices of Windows.
    for (const name of ['Best', 'BEST', 'con', 'nul', 'com1', 'lpt9']) {
      expect(() => run.saveCheckpoint(checkpoint(1), { name })).toThrow(
        `such as best, found "${name}"; leave it out to save by step.`,
      );
      expect(() => run.namedCheckpoint(name)).toThrow('namedCheckpoint: expected a name');
    }
    run.saveCheckpoint(checkpoint(1), { name: 'console' });
    run.close();
  });
});

describe('run.latestCheckpoint', () => {
  test('is undefined in a new run', () => {
    const run = openRun({ directory: testFolder(), config });
    expect(run.latestCheckpoint()).toBeUndefined();
    run.close();
  });

  test('names the damaged file and the older one that is good', () => {
    const run = openRun({ directory: testFolder(), config });
    run.saveCheckpoint(checkpoint(1000));
    const newest = run.saveCheckpoint(checkpoint(1200));
    const size = readFileSync(newest).length;
    truncateSync(newest, 100);
    const error = thrownBy(() => run.latestCheckpoint());
    expect(error.code).toBe('checkpoint');
    expect(error.message).toMatch(
      /^latestCheckpoint: expected \d+ bytes in .*step-00001200\.safetensors, found 100: it is cut short; /,
    );
    expect(error.message).toContain(
      `delete ${newest} to go on from step-00001000.safetensors (step 1000), which was checked and is good.`,
    );
    expect(size).toBeGreaterThan(100);
    rmSync(newest);
    expect(run.latestCheckpoint()?.step).toBe(1000);
    run.close();
  });

  test('refuses a file whose name says another step than it holds', () => {
    const run = openRun({ directory: testFolder(), config });
    const older = run.saveCheckpoint(checkpoint(1000));
    const newest = run.saveCheckpoint(checkpoint(1200));
    copyFileSync(older, newest);
    expect(thrownBy(() => run.latestCheckpoint()).message).toMatch(
      /^latestCheckpoint: expected step 1200 in .*step-00001200\.safetensors, found step 1000; delete .* to go on from step-00001000/,
    );
    run.close();
  });

  test('says so when no older one is good', () => {
    const run = openRun({ directory: testFolder(), config });
    const files = [run.saveCheckpoint(checkpoint(1)), run.saveCheckpoint(checkpoint(2))];
    for (const file of files) truncateSync(file, 50);
    expect(thrownBy(() => run.latestCheckpoint()).message).toContain(
      `no older checkpoint is good; delete ${files[1]!} and ${files[0]!} to start again from step 0.`,
    );
    run.close();
  });
});
