import { expect, it } from 'vitest';
import { foldSeed } from '@secateur/cells';
import { randomOf } from '@secateur/testing/damage';
import { corpus, fixture, plant } from '../corpus.ts';
import { attempt } from './attempt.ts';
import { mutate } from './mutate.ts';

it('refuses 400 damaged files with an error of ours, or prunes them', { timeout: 0 }, async () => {
  const kinds = { refused: 0, pruned: 0, stopped: 0 };
  for (let seed = 0; seed < 400; seed++) {
    const random = randomOf(foldSeed(seed, 'onnx'));
    const name = random.of(corpus);
    const { bytes, change } = mutate(plant(fixture(name), 'resize').bytes, random);
    const { kind } = await attempt(bytes, undefined).catch((cause: unknown) => {
      throw new Error(`seed ${seed}, ${name}, ${change}`, { cause });
    });
    kinds[kind]++;
  }
  expect(kinds.refused).toBeGreaterThan(50);
  expect(kinds.pruned).toBeGreaterThan(50);
});
