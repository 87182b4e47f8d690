import { describe, expect, test } from 'vitest';
import { differingBits, formatTable, type Row } from '../runner/table.ts';
import { targetOf } from '../src/targets.ts';

const ran = (name: string, bits?: string): Row => ({
  target: targetOf(name),
  outcome: {
    passed: 7,
    failed: 0,
    skipped: 1,
    bits,
    log: 'x.log',
    active: { engine: 'Mozilla/5.0 Chrome/156.0.0.0', '@tensorflow/tfjs-core': '4', threads: 2 },
  },
});

describe('formatTable', () => {
  test('says what ran with what, and why the others did not', () => {
    const rows = [ran('chromium-wasm'), { target: targetOf('node'), reason: 'not installed' }];
    expect(formatTable(rows).split('\n')).toEqual([
      'target         backend  engine    passed  failed  skipped  what was active',
      'chromium-wasm  wasm     chromium  7       0       1        Chrome 156.0.0.0, threads 2',
      'node           node     node      -       -       -        did not run: not installed',
    ]);
  });
});

describe('differingBits', () => {
  test('names targets that promise the same bits and broke the promise', () => {
    expect(differingBits([ran('wasm', 'a'), ran('wasm-threads', 'b'), ran('cpu', 'c')])).toEqual([
      'wasm and wasm-threads: expected the same bits, found a and b',
    ]);
  });
  test('is silent when they agree, or one did not run', () => {
    expect(differingBits([ran('wasm', 'a'), ran('wasm-threads', 'a')])).toEqual([]);
    expect(differingBits([ran('wasm', 'a')])).toEqual([]);
  });
});
