import { Command } from 'commander';
import { addSettingsOptions, asOption, givenSettings } from '@secateur/app/command';
import { expect, test } from 'vitest';
import { z } from 'zod';

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
