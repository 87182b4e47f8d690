import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedFolder } from '@secateur/testing/folders';
import { expect, test } from 'vitest';
import { keep, readKept } from './kept.ts';

const folder = sharedFolder();

test('what is kept of a run names no folder of a machine, and reads the same wherever it was made', async () => {
  const configs = {
    b: { data: '/home/me/ptb', from: '/home/me/runs/small/dense', seed: 1 },
    a: { data: 'C:\\texts\\ptb', from: 'D:\\me\\runs\\small\\dense', seed: 1 },
    c: { data: null, from: 'runs\\small\\dense', glove: 'E:\\glove.txt' },
  };
  for (const [name, config] of Object.entries(configs)) {
    const run = join(folder, name);
    mkdirSync(run);
    writeFileSync(join(run, 'config.json'), JSON.stringify(config));
    const teacher = { directory: '/home/me/runs/small/model', share: 0.5 };
    writeFileSync(join(run, 'result.json'), JSON.stringify({ perplexity: 80, teacher }));
    await keep([run], join(folder, 'kept'), () => Promise.resolve({}));
  }
  // macOS leaves such a file beside each on some disks.
  writeFileSync(join(folder, 'kept', '._a.json'), 'of the system');
  const result = { perplexity: 80, teacher: { directory: 'runs/small/model', share: 0.5 } };
  const same = { data: 'ptb', from: 'runs/small/dense', seed: 1 };
  expect(readKept(join(folder, 'kept'))).toEqual([
    { name: 'a', result: { ...result, config: same } },
    { name: 'b', result: { ...result, config: same } },
    {
      name: 'c',
      result: {
        ...result,
        config: { data: null, from: 'runs/small/dense', glove: 'glove.txt' },
      },
    },
  ]);
});
