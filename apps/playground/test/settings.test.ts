import { expect, test } from 'vitest';
import { defaults, inAddress, readAddress, writeAddress, type Settings } from '../src/settings.ts';
import { drawnGesture } from '../src/tasks/gesture-task.ts';
import { randomNumbers } from '../src/tasks/random.ts';

test('an address holds all that was chosen, and nothing of what is as by default', async () => {
  expect(await writeAddress(defaults)).toBe('');
  const gesture = inAddress(drawnGesture('wave', randomNumbers(1)));
  const settings: Settings = {
    ...{ cell: 'gru', layers: 3, units: 64, task: 'gestures', backend: 'webgpu' },
    ...{ keep: null, lambda: 0.02, steps: 500, seed: 7, text: 'Größe & «more» '.repeat(40) },
    gestures: [gesture, inAddress(drawnGesture('circle', randomNumbers(2)))],
  };
  const address = await writeAddress(settings);
  expect(address).toMatch(/^[\w=&.%-]+$/);
  const { settings: back, ignored } = await readAddress(`#${address}`);
  expect(ignored).toEqual([]);
  expect(back).toEqual(settings);
});

test('what an address says wrongly is named and left out', async () => {
  const address =
    '#cell=cnn&layers=9&units=40&keep=400&steps=&seed=-1&text=%25%25&drawn=AAA&lambd=3';
  const { settings, ignored } = await readAddress(address);
  expect(settings).toEqual(defaults);
  expect(ignored).toEqual([
    ...['text', 'cell=cnn', 'layers=9', 'keep=400', 'steps=', 'seed=-1', 'drawn=AAA'],
  ]);
});
