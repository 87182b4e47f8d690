// The rehearsal can publish to nothing but this machine.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { npmCommand } from '@secateur/testing/command';
import { ToolError } from '@secateur/testing/system';
import {
  isLoopback,
  localEnvironment,
  requireLocalPublishing,
  type Publishable,
} from './loopback.ts';
import { runCommand } from './run-command.ts';

const registry = 'http://127.0.0.1:4873/';
const elsewhere = 'https://registry.example.org/';

test.each([registry, 'http://127.8.9.10', 'http://localhost:80/', 'http://[::1]:4873'])(
  '%s is this machine',
  (address) => {
    expect(isLoopback(address)).toBe(true);
  },
);

test.each([
  elsewhere,
  'http://127.0.0.1.example.org/',
  'http://127.0.0.1@example.org/',
  'http://localhost.example.org/',
  'http://example.org/?http://127.0.0.1/',
  'http://10.0.0.1/',
  'http://0.0.0.0:4873/',
  '127.0.0.1:4873',
  'undefined',
  '',
])('"%s" is not', (address) => {
  expect(isLoopback(address)).toBe(false);
});

let folder: string;
const signal = new AbortController().signal;

beforeEach(() => {
  folder = temporaryFolder();
  mkdirSync(join(folder, 'home'));
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
});
afterEach(() => {
  removeFolder(folder);
});

const environment = (base: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv =>
  localEnvironment({ ...process.env, ...base }, { registry, home: join(folder, 'home') });

describe('localEnvironment', () => {
  test('drops npm settings, tokens and proxies of the caller, whatever their case', () => {
    const env = environment({
      'npm_config_@secateur:registry': elsewhere,
      NPM_CONFIG_REGISTRY: elsewhere,
      NPM_CONFIG_USERCONFIG: '/home/someone/.npmrc',
      NODE_AUTH_TOKEN: 'secret',
      NPM_TOKEN: 'secret',
      ACTIONS_ID_TOKEN_REQUEST_URL: elsewhere,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'secret',
      no_proxy: '*',
      HTTPS_PROXY: elsewhere,
      KEPT: 'yes',
    });
    expect(JSON.stringify(env)).not.toContain('secret');
    expect(JSON.stringify(env)).not.toContain('example.org');
    expect(JSON.stringify(env)).not.toContain('someone');
    expect(env).toMatchObject({ KEPT: 'yes', npm_config_registry: registry });
    expect(env).not.toHaveProperty('no_proxy');
  });
  test('refuses a registry elsewhere', () => {
    expect(() => localEnvironment({}, { registry: elsewhere, home: folder })).toThrow(
      `release: expected the rehearsal's registry to be a registry on this machine, such as http://127.0.0.1:4873/, found "${elsewhere}"; nothing was published, remove that setting.`,
    );
  });
  test('lets npm reach no other host, even when a command names one', async () => {
    const view = npmCommand('npm', 'view', 'other', `--registry=${elsewhere}`, '--fetch-retries=0');
    const asked = runCommand(view, { cwd: folder, env: environment(), signal });
    await expect(asked).rejects.toThrow('ECONNREFUSED 127.0.0.1:9');
  });
});

describe('requireLocalPublishing', () => {
  const check = (packages: readonly Publishable[], env = environment()): Promise<void> =>
    requireLocalPublishing(packages, async (key) =>
      (
        await runCommand(npmCommand('npm', 'config', 'get', key), { cwd: folder, env, signal })
      ).trim(),
    );

  test('lets packages through whose every setting is of this machine', async () => {
    writeFileSync(join(folder, '.npmrc'), `registry=${elsewhere}\nignore-scripts=true\n`);
    // The environment outranks a project's .npmrc.
    await expect(
      check([
        { name: 'secateur' },
        { name: '@secateur/groups', publishConfig: { access: 'public', registry } },
      ]),
    ).resolves.toBeUndefined();
  });
  test('refuses where the environment does not say the registry', async () => {
    const env = environment();
    delete env['npm_config_registry'];
    writeFileSync(join(folder, '.npmrc'), `registry=${elsewhere}\n`);
    await expect(check([{ name: 'secateur' }], env)).rejects.toThrow(
      `release: expected npm's setting registry to be a registry on this machine, such as http://127.0.0.1:4873/, found "${elsewhere}"`,
    );
  });
  test('refuses a registry of the scope in the .npmrc of the project', async () => {
    writeFileSync(join(folder, '.npmrc'), `@secateur:registry=${elsewhere}\n`);
    await expect(check([{ name: '@secateur/groups' }])).rejects.toThrow(
      `expected npm's setting @secateur:registry to be a registry on this machine, such as http://127.0.0.1:4873/, found "${elsewhere}"`,
    );
  });
  test.each(['registry', '@secateur:registry'])(
    'refuses publishConfig.%s of a package',
    async (key) => {
      const found = check([{ name: '@secateur/groups', publishConfig: { [key]: elsewhere } }]);
      await expect(found).rejects.toThrow(ToolError);
      await expect(found).rejects.toThrow(`publishConfig.${key} of @secateur/groups`);
    },
  );
});
