import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { npmCommand } from '@secateur/testing/command';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import { obstacles, type Publisher } from './trusted-publishing.ts';

const publisher: Publisher = {
  node: '24.10.0',
  npm: '11.6.1',
  env: { ACTIONS_ID_TOKEN_REQUEST_URL: 'url', ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'token' },
  config: '; "project" config from .npmrc\n\nignore-scripts = true\n',
};

test('nothing stands in the way of a job that npm can trust', () => {
  expect(obstacles(publisher)).toEqual([]);
  expect(obstacles({ ...publisher, node: '22.14.0', npm: '11.5.1' })).toEqual([]);
  expect(obstacles({ ...publisher, npm: '12.0.0' })).toEqual([]);
});

test('an older Node or npm does', () => {
  expect(obstacles({ ...publisher, node: '22.9.0', npm: '11.5.0' })).toEqual([
    'expected Node 22.14.0 or newer, found 22.9.0; set up a newer one',
    'expected npm 11.5.1 or newer, found 11.5.0; set up a newer one',
  ]);
});

test('a job without an identity does', () => {
  const [first, second] = obstacles({ ...publisher, env: {} });
  expect(first).toContain('expected ACTIONS_ID_TOKEN_REQUEST_URL, found none');
  expect(second).toContain('expected ACTIONS_ID_TOKEN_REQUEST_TOKEN, found none');
});

test('a token in the environment does, an empty one too', () => {
  const env = { ...publisher.env, NPM_TOKEN: '', NODE_AUTH_TOKEN: 'x' };
  expect(obstacles({ ...publisher, env })).toEqual([
    'expected no NPM_TOKEN, found one; remove it from the workflow',
    'expected no NODE_AUTH_TOKEN, found one; remove it from the workflow',
  ]);
});

test("a token in a file that npm reads does, as npm's own list shows it", () => {
  const folder = temporaryFolder();
  try {
    writeFileSync(join(folder, '.npmrc'), '//registry.example/:_authToken=secret\n');
    const [program, ...args] = npmCommand('npm', 'config', 'list');
    const config = execFileSync(program, args, {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, npm_config_userconfig: join(folder, '.npmrc') },
    });
    expect(obstacles({ ...publisher, config })).toEqual([
      "expected no _authToken in npm's configuration, found one; remove it",
    ]);
  } finally {
    removeFolder(folder);
  }
});
