// A command line that trains nothing starts without TensorFlow.js, which takes most of the time.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from './root.ts';

/** Tells at the end which of its packages were loaded. */
const spy = `data:text/javascript,${encodeURIComponent(`
  import Module from 'node:module';
  process.on('exit', () => {
    const loaded = Object.keys(Module._cache).filter((file) => file.includes('@tensorflow'));
    console.error('packages of TensorFlow.js: ' + loaded.length);
  });
`)}`;

function start(cli: string, ...args: string[]): ReturnType<typeof spawnSync> {
  const node = ['--import', 'tsx', '--import', spy, '--conditions=@secateur/source'];
  return spawnSync(process.execPath, [...node, cli, ...args], { encoding: 'utf8' });
}

describe.each(['language-modeling', 'question-answering'])('%s', (example) => {
  const cli = join(root, 'apps', example, 'src/cli.ts');

  test.each([
    [['train', '--help'], 0, 'Options:'],
    // A sweep need not try these again.
    [['report', '--run', 'nowhere'], 42, ''],
    [['train', '--epochs', 'many'], 42, ''],
  ])('%j loads nothing of it', (args, status, shown) => {
    const ended = start(cli, ...args);
    expect(ended).toMatchObject({ status });
    expect(ended.stdout).toContain(shown);
    expect(ended.stderr).toContain('packages of TensorFlow.js: 0');
  });

  test('a command that needs a network loads it', () => {
    const ended = start(cli, 'evaluate', '--model', 'nowhere', '--backend', 'cpu');
    expect(ended).toMatchObject({ status: 1 });
    expect(ended.stderr).toMatch(/packages of TensorFlow.js: [1-9]/);
  });
});

describe('secateur', () => {
  const cli = join(root, 'packages/secateur/src/cli.ts');
  const words = join(root, 'packages/secateur/test/fixtures/words.safetensors');

  test.each([
    [['--help'], 0, 'Commands:'],
    [['prune', '--help'], 0, 'Options:'],
    [['inspect', words], 0, 'can be pruned'],
    [['verify', words, words], 0, 'the same'],
    [['prune', words, '-o', words], 1, ''],
    [['report', 'nowhere'], 1, ''],
    [['tensorboard', 'nowhere'], 1, ''],
  ])('%j loads nothing of it', (args, status, shown) => {
    const ended = start(cli, ...args);
    expect(ended).toMatchObject({ status });
    expect(ended.stdout).toContain(shown);
    expect(ended.stderr).toContain('packages of TensorFlow.js: 0');
  });
});
