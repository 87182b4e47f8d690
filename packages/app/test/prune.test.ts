import { Command } from 'commander';
import { pruneModel } from '@secateur/app';
import { addPruneOptions } from '@secateur/app/command';
import { parseLayout } from '@secateur/groups';
import { describe, expect, test } from 'vitest';

describe('addPruneOptions', () => {
  const parsed = (...args: string[]): unknown => {
    const command = addPruneOptions(new Command('prune')).exitOverride();
    command.configureOutput({ writeErr: () => undefined });
    return command.parse(['--model', 'a', '--out', 'b', ...args], { from: 'user' }).opts();
  };

  test('takes a target or a tolerance', () => {
    expect(parsed()).toEqual({ model: 'a', out: 'b', tolerance: 0, json: false });
    expect(parsed('--target-macs', '0.5')).toMatchObject({ targetMacs: 0.5 });
    expect(parsed('--tolerance', '0.5')).toMatchObject({ tolerance: 0.5 });
  });

  test('refuses both, and a target of nothing', () => {
    expect(() => parsed('--target-macs', '0.5', '--tolerance', '0')).toThrow(
      /'--target-macs <x>' cannot be used with option '--tolerance <x>'/,
    );
    expect(() => parsed('--target-macs', '0')).toThrow('expected a number above 0, found "0"');
  });
});

describe('pruneModel', () => {
  // Nothing reads component 2; component 0 is weaker than 1.
  const model = {
    layout: parseLayout('dims h = 3\nrnn  h -> h\nout  h -> 1'),
    weights: {
      rnn: { shape: [3, 3], data: Float32Array.of(1, 1, 9, 1, 2, 9, 0, 0, 0) },
      out: { shape: [3, 1], data: Float32Array.of(1, 2, 0) },
    },
    history: ['before'],
    other: 'kept',
  };

  test('removes what is dead, and says by what it was found', () => {
    const { smaller, ...found } = pruneModel(model, { tolerance: 0 }, 1);
    expect(found).toMatchObject({ removed: { h: [2] }, exact: true });
    expect(found.cost).toBeUndefined();
    expect(smaller).toMatchObject({
      weights: { out: { shape: [2, 1], data: Float32Array.of(1, 2) } },
      layout: { dims: { h: 2 } },
      history: ['before', { removed: { h: [2] }, tolerance: 0 }],
      other: 'kept',
    });
  });

  test('removes what is weak for a target, and says what is left', () => {
    // 12 multiply-adds; 6 without component 2, 2 without component 0 too.
    const { smaller, ...found } = pruneModel(model, { tolerance: 0, targetMacs: 5 }, 1);
    expect(found).toMatchObject({
      ...{ removed: { h: [0, 2] }, exact: false },
      cost: { unit: 'multiply-adds', before: 12, after: 2, target: 5 },
    });
    expect(found.text).toContain('target: at most 5 multiply-adds, 2 left');
    expect(smaller.history).toEqual(['before', { removed: { h: [0, 2] }, targetMacs: 5 }]);
  });
});
