import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { memory } from '@tensorflow/tfjs-core';
import { useBackend } from '@secateur/backend';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import { expect, test, vi } from 'vitest';
import { trainCommand } from '../src/commands/train.ts';
import { presets } from '../src/presets.ts';
import type { Result } from '../src/result.ts';
import * as step from '../src/step.ts';
import { lm } from './support/lm.ts';
import { smallText } from './support/text.ts';

test('an error from the backend names the checkpoint to go on from, and the run goes on from it', async () => {
  const data = smallText();
  const folder = temporaryFolder();
  const settings = {
    ...presets['quick-iss']!,
    ...{ preset: 'quick-iss', data, backend: 'wasm', embed: 8, hidden: [12, 12] },
    ...{ batch: 4, steps: 5, epochs: 1, maxVocab: null },
  };
  const options = { directory: join(folder, 'run'), checkpointEvery: 4, silent: true };
  const said: string[] = [];
  const say = (line: string): void => void said.push(line);
  const { trainStep } = step;
  const spy = vi.spyOn(step, 'trainStep');
  await useBackend('wasm');
  const before = memory().numTensors;
  try {
    let done = 0;
    spy.mockImplementation((...inputs) => {
      if (done++ < 6) return trainStep(...inputs);
      return Promise.reject(new Error('the GPU device was lost.'));
    });
    await expect(trainCommand(settings, { ...options, say })).rejects.toThrow(
      /after step 6, found: the GPU device was lost\. .*step-0*4\.safetensors of step 4 .*goes on from there\./,
    );
    expect(existsSync(join(folder, 'run/result.json'))).toBe(false);
    expect(memory().numTensors).toBe(before);
    spy.mockRestore();
    const resumed = await lm(['train', '--resume', options.directory, '--json']);
    expect(resumed, resumed.stderr).toMatchObject({ code: 0 });
    expect((JSON.parse(resumed.stdout) as Result).maxAbsDiff).toBeLessThan(1e-5);
  } finally {
    spy.mockRestore();
    removeFolder(folder);
    removeFolder(data);
  }
});
