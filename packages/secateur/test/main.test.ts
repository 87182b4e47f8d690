import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { commands } from '../src/commands.ts';
import { secateur } from './support/terminal.ts';

const { version } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { version: string };
const here = import.meta.dirname;

describe('secateur', () => {
  test('--version prints the version of the package', async () => {
    const printed = { code: 0, stdout: `${version}\n`, stderr: '' };
    expect(await secateur(here, '--version')).toEqual(printed);
    expect(await secateur(here, '-v')).toEqual(printed);
  });
  test('--help lists every command and the exit codes', async () => {
    const { code, stdout, stderr } = await secateur(here, '--help');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Usage: secateur \[options\] \[command\]\n/);
    for (const name of Object.keys(commands)) expect(stdout).toMatch(`\n  ${name} `);
    expect(stdout).toMatch(/\nExit codes:\n {2}0 {2}done\n/);
    expect((await secateur(here, 'help')).stdout).toBe(stdout);
  });
  test('without a command it prints the help as an error', async () => {
    const { code, stdout, stderr } = await secateur(here);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toBe((await secateur(here, '--help')).stdout);
  });
  test('a command that it does not know is refused, with the nearest one', async () => {
    expect(await secateur(here, 'docter')).toEqual({
      code: 2,
      stdout: '',
      stderr: "secateur: unknown command 'docter'\n(Did you mean doctor?)\n",
    });
  });
  test('so is an option', async () => {
    expect(await secateur(here, '--versoin')).toEqual({
      code: 2,
      stdout: '',
      stderr: "secateur: unknown option '--versoin'\n(Did you mean --version?)\n",
    });
  });
  test.each(Object.keys(commands))(
    '%s --help describes the command, as help before its name does',
    async (name) => {
      const { code, stdout, stderr } = await secateur(here, name, '--help');
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(new RegExp(`^Usage: secateur ${name} `));
      expect(stdout).toMatch(/\nExit codes:\n {2}0 {2}/);
      expect(await secateur(here, 'help', name)).toEqual({ code, stdout, stderr });
    },
  );
});

describe('the README', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  test.each([['--help'], ...Object.keys(commands).map((name) => [name, '--help'])])(
    'shows the help: secateur %s',
    async (...args) => {
      expect(readme).toContain((await secateur(here, ...args)).stdout.trim());
    },
  );
});
