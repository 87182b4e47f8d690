import { Command } from 'commander';
import { addRunOptions, addSettingsOptions } from '@secateur/app/command';
import { expect, test } from 'vitest';
import { settingsForm as lm } from '../../../apps/language-modeling/src/commands/options.ts';
import { settingsForm as qa } from '../../../apps/question-answering/src/commands/options.ts';
import { experiments } from './experiments.ts';
import { folderOf } from './experiment.ts';

const all = experiments('ptb');
const folder = { ...folderOf('runs'), sizesOf: () => '70,80' };

test('each has a name of its own and waits for others that come before it', () => {
  const names = all.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  all.forEach(({ after = [] }, i) => {
    for (const name of after) expect(names.slice(0, i)).toContain(name);
  });
});

test('every training is one that its program takes', () => {
  for (const { name, commands } of all) {
    for (const { program, args } of commands(folder)) {
      if (args[0] !== 'train') continue;
      const form = program === 'lm' ? lm : qa;
      const command = addRunOptions(addSettingsOptions(new Command().exitOverride(), form), 1);
      command.parse(args.slice(1), { from: 'user' });
      const settings = form.from(command.opts());
      expect(settings.seed, name).toBe(Number(/-s(\d)$/.exec(name)![1]));
      if (/direct/.test(name)) {
        expect(settings, name).toMatchObject({ hidden: [70, 80], targetMacs: null });
      }
    }
  }
});
