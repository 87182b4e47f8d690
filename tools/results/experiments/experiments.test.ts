import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { addRunOptions, addSettingsOptions } from '@secateur/app/command';
import { expect, test } from 'vitest';
import { settingsForm as lm } from '../../../apps/language-modeling/src/commands/options.ts';
import { settingsForm as qa } from '../../../apps/question-answering/src/commands/options.ts';
import { markdownFiles } from '../../examples/markdown.ts';
import { root } from '../../root.ts';
import { experiments } from './experiments.ts';
import { folderOf } from './experiment.ts';

const all = experiments({ data: 'ptb', squad: 'squad' });
const sizesOf = (run: string): string => (run.startsWith('rhn') ? '75' : '70,80');
const folder = { ...folderOf('runs'), sizesOf };

/** What a program makes of the arguments after `train`. */
function settingsOf(program: string, args: readonly string[]) {
  const form = program === 'lm' ? lm : qa;
  const command = addRunOptions(addSettingsOptions(new Command().exitOverride(), form), 1);
  command.parse(args, { from: 'user' });
  return form.from(command.opts());
}

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
      const settings = settingsOf(program, args.slice(1));
      // Of what has one seed, the name says none: it is the preset's.
      expect(settings.seed, name).toBe(Number(/-s(\d)$/.exec(name)?.[1] ?? 1));
      if (/direct/.test(name)) {
        const found = name.startsWith('rhn') ? { width: 75 } : { hidden: [70, 80] };
        expect(settings, name).toMatchObject({ ...found, targetMacs: null });
      }
    }
  }
});

test('every training that a page tells to run is one that its program takes', () => {
  const ofApps = ['language-modeling', 'question-answering'].map((app) =>
    join(root, 'apps', app, 'README.md'),
  );
  const commands = [...markdownFiles(root), ...ofApps].flatMap((page) => {
    const text = readFileSync(page, 'utf8');
    return [...text.matchAll(/npm run (lm|qa) -- train\b([^`#]*?)(?=`|#|\nnpm|\n```)/g)].map(
      ([, program, args]) => ({ page, program: program!, args: args!.trim().split(/\s+/) }),
    );
  });
  // Without what ends in an ellipsis, or asks for help.
  const whole = commands.filter(({ args }) => !args.some((arg) => /^(\.\.\.|…|--help)$/.test(arg)));
  expect(whole.length).toBeGreaterThan(50);
  for (const { page, program, args } of whole) {
    const given = args.filter((arg) => arg !== '');
    const { lambda, teacherPreset } = settingsOf(program, given);
    // A λ means the paper's way, which trains no teacher first: the command lacks its preset.
    if (given.includes('--lambda') && lambda !== 0) {
      expect(teacherPreset, `${page}: ${given.join(' ')}`).toBeNull();
    }
  }
});
