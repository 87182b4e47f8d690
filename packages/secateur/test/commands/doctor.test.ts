import { fileURLToPath } from 'node:url';
import type { DoctorReport } from '@secateur/backend';
import { runCli } from '@secateur/testing';
import { loadedSourceCommand as start } from '@secateur/testing/command';
import { describe, expect, test } from 'vitest';
import { conclusion } from '../../src/commands/doctor.ts';
import { version } from '../../src/version.ts';
import { project } from '../support/project.ts';
import { secateur } from '../support/terminal.ts';

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

describe('secateur doctor, in a process of its own', () => {
  test('--json is the report on the packages that this folder sees', async () => {
    const { code, stdout } = await runCli(cli, ['doctor', '--json'], { start });
    const { backends, versions } = JSON.parse(stdout) as DoctorReport;
    expect(backends.map(({ name }) => name)).toEqual(['webgpu', 'node-gpu', 'node', 'wasm', 'cpu']);
    const state = Object.fromEntries(backends.map(({ name, available }) => [name, available]));
    expect(state).toMatchObject({ wasm: true, cpu: true });
    expect(versions).toMatchObject({
      secateur: version,
      '@secateur/backend': version,
      '@secateur/backend-wasm': version,
      '@tensorflow/tfjs-core': '4.22.0',
    });
    expect(code).toBe(0);
  });
  test('the text has a line for each backend and what auto would try', async () => {
    const { code, stdout } = await runCli(cli, ['doctor'], { start });
    for (const name of ['webgpu', 'node-gpu', 'node', 'wasm', 'cpu']) {
      expect(stdout).toMatch(new RegExp(`^${name} +(ready|missing) +\\S`, 'm'));
    }
    expect(stdout).toMatch(new RegExp(`^secateur ${version}, @secateur/backend ${version}, `, 'm'));
    expect(stdout).toMatch(/\n\nuseBackend\('auto'\) tries [\w-]+ first\.\n$/);
    expect(code).toBe(0);
  });
});

describe('secateur doctor', () => {
  test('says what to install in a folder without packages', async () => {
    expect(await secateur(project({}), 'doctor')).toEqual({
      code: 1,
      stdout: '',
      stderr: `secateur doctor: expected the package @secateur/backend, found none in this folder; npm install @secateur/backend@${version}.\n`,
    });
  });
  test('says that a checkout is not built', async () => {
    const manifest = {
      version,
      exports: { '.': './dist/index.js', './package.json': './package.json' },
    };
    const { code, stdout, stderr } = await secateur(
      project({ '@secateur/backend': { manifest } }),
      'doctor',
      '--json',
    );
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /^secateur doctor: expected @secateur\/backend [\d.]+ to load, found: Cannot find module .*dist[\\/]index\.js'; install it again, or, in Secateur's own repository, run `npm run build`\.\n$/,
    );
  });
  test('refuses what it does not know', async () => {
    expect(await secateur(project({}), 'doctor', '--jsn')).toEqual({
      code: 2,
      stdout: '',
      stderr: "secateur doctor: unknown option '--jsn'\n(Did you mean --json?)\n",
    });
    expect(await secateur(project({}), 'doctor', 'wasm')).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('conclusion', () => {
  test('names the first that auto would take, and passes over a slow stand-in', () => {
    expect(
      conclusion([
        { name: 'webgpu', available: true, automatic: false },
        { name: 'node', available: false },
        { name: 'wasm', available: true },
        { name: 'cpu', available: true },
      ]),
    ).toBe("useBackend('auto') tries wasm first.");
  });
  test('says so when none can run', () => {
    expect(conclusion([{ name: 'cpu', available: false }])).toBe('No backend can run here.');
  });
});
