import { temporaryFolder } from '@secateur/testing/temporary';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A new folder with a small text in three parts: a grammar that a tiny model learns in a few hundred steps. */
export function smallText(): string {
  const folder = temporaryFolder();
  const subjects = ['cats', 'dogs', 'birds', 'fish'];
  const verbs = ['chase', 'see', 'hear'];
  const sentence = (i: number): string =>
    `${subjects[i % 4]!} ${verbs[(i * 7) % 3]!} ${subjects[(i * 5 + 1) % 4]!}`;
  const part = (from: number, count: number): string =>
    Array.from({ length: count }, (_, i) => sentence(from + i)).join('\n');
  writeFileSync(join(folder, 'train.txt'), part(0, 400));
  writeFileSync(join(folder, 'valid.txt'), part(400, 60));
  writeFileSync(join(folder, 'test.txt'), part(500, 60));
  return folder;
}

/**
 * Settings of a model small enough for tests, as options of the command line. Strong enough that components die during
 * training with every seed and every order of rounding that was tried, and weak enough that the grammar is learned.
 */
export const tiny = (
  '--preset quick-iss --backend wasm --embed 8 --hidden 12,12 --batch 4 --steps 5 --init 0.5 ' +
  '--epochs 9 --decay-from 7 --lambda 0.05 --ramp-epochs 3 --threshold 0.01'
).split(' ');

/** The same for a Recurrent Highway Network, with all of its dropout on. */
export const tinyRhn = (
  '--preset rhn-quick-iss --backend wasm --width 16 --depth 2 --batch 4 --steps 5 --init 0.5 --learning-rate 0.5 ' +
  '--epochs 9 --decay-from 7 --lambda 0.1 --ramp-epochs 3 --threshold 0.01 ' +
  '--word-dropout 0.05 --input-dropout 0.05 --state-dropout 0.05 --output-dropout 0.05'
).split(' ');
