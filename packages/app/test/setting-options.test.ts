import { Command } from 'commander';
import { addSettingsOptions, asOption, givenSettings } from '@secateur/app/command';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { columnNames } from '../src/column-names.ts';
import { idleFlags } from '../src/penalty-settings.ts';
import { refuseSettings } from '../src/setting-options.ts';

const settings = z.strictObject({
  preset: z.string(),
  learningRate: asOption(z.number().positive(), '<x>', 'of plain SGD'),
  hidden: asOption(z.array(z.int()).min(1), '<units,...>', 'units of each layer'),
  maxVocab: asOption(z.int().min(2).nullable().default(null), '<words>', 'largest vocabulary'),
  data: asOption(z.string().nullable(), '<folder>', 'folder of the text'),
  shrink: asOption(z.boolean().default(false), '', 'let it shrink'),
});

test('a setting has an option of its name, which reads what its schema takes', () => {
  const command = new Command('x');
  const presets = { small: {}, large: {} };
  addSettingsOptions(command, { schemas: settings.shape, presets, usual: 'small' });
  expect(command.options.map(({ flags, description }) => [flags, description])).toEqual([
    ['--preset <name>', 'settings to start from: small, large; default: small'],
    ['--learning-rate <x>', 'of plain SGD'],
    ['--hidden <units,...>', 'units of each layer'],
    ['--max-vocab <words>', 'largest vocabulary'],
    ['--data <folder>', 'folder of the text'],
    ['--shrink', 'let it shrink'],
  ]);
  const flags = '--learning-rate 0.5 --hidden 3,4 --max-vocab 20 --data 17 --shrink'.split(' ');
  command.parse(flags, { from: 'user' });
  const given = { learningRate: 0.5, hidden: [3, 4], maxVocab: 20, data: '17', shrink: true };
  expect(command.opts()).toEqual(given);
  expect(givenSettings(settings.shape, { seed: 1, preset: 'p', data: '17', shrink: true })).toEqual(
    ['data', 'shrink'],
  );
  // The schema is what it was.
  expect(settings.parse({ preset: 'p', ...given })).toEqual({ preset: 'p', ...given });
  expect(settings.safeParse({ preset: 'p', ...given, learningRate: 0 }).success).toBe(false);
});

test('what a run has already is refused beside --resume, its surroundings are not', () => {
  const form = { schemas: settings.shape, choice: ['--cell <kind>', 'which'] as const };
  const refuse = (raw: object) => () => refuseSettings(form, { resume: 'runs/a', ...raw });
  expect(refuse({ json: true, silent: true, checkpointEvery: 5 })).not.toThrow();
  for (const [name, value, shown] of [
    ['learningRate', 0.5, '0.5'],
    ['run', 'runs/b', '"runs/b"'],
    ['preset', 'quick', '"quick"'],
    ['cell', 'rhn', '"rhn"'],
  ] as const) {
    const flag = name === 'learningRate' ? 'learning-rate' : name;
    expect(refuse({ [name]: value })).toThrow(
      `--${flag}: expected none beside --resume, which goes on with the settings that the run began with, in its folder, found ${shown}; leave one of the two out.`,
    );
  }
});

test('what counts beside a target alone is told where there is none', () => {
  const raw = { shrinkEpochs: 4, compactSteps: 20, lambda: 0.1 };
  expect(idleFlags(raw, { targetMacs: null })).toEqual(['shrinkEpochs', 'compactSteps']);
  expect(idleFlags(raw, { targetMacs: 0.4 })).toEqual([]);
  expect(idleFlags({}, { targetMacs: null })).toEqual([]);
});

test('runs in folders of the same name have their paths as columns', () => {
  expect(columnNames(['a/run', 'b/run/', 'c/other/'])).toEqual(['a/run', 'b/run/', 'other']);
});
