// Writes a text of one line, 1 GB unless told otherwise, reads it in a process of its own, and compares:
//   node --import tsx --conditions=@secateur/source tools/torture/text/run.ts [megabytes]
// It needs that much free space in the temporary folder, takes minutes, and is no part of the tests.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { sourceCommand } from '@secateur/testing/command';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';

/** As many different words as text8 has, about. */
const DIFFERENT = 250_000;

/** Writes words parted by single spaces, without an end of line; returns what a reader has to find. */
function writeText(file: string, bytes: number): { tokens: number; sha256: string } {
  const handle = openSync(file, 'w');
  const hash = createHash('sha256');
  const words = Array.from({ length: DIFFERENT }, (_, i) => `w${i.toString(36)}`);
  let [written, tokens, state] = [0, 0, 1];
  try {
    while (written < bytes) {
      const piece: string[] = [];
      for (let i = 0; i < 50_000; i++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        // The third power makes some words frequent and most rare, as in a language.
        piece.push(words[Math.floor((state / 2 ** 32) ** 3 * DIFFERENT)]!);
      }
      const text = `${piece.join(' ')} `;
      tokens += piece.length;
      hash.update(text);
      written += writeSync(handle, text);
    }
  } finally {
    closeSync(handle);
  }
  hash.update('<eos> ');
  return { tokens: tokens + 1, sha256: hash.digest('hex') };
}

const megabytes = Number(process.argv[2] ?? 1000);
const folder = temporaryFolder();
try {
  const file = join(folder, 'train.txt');
  const expected = writeText(file, megabytes * 1e6);
  const [program, ...args] = sourceCommand(join(import.meta.dirname, 'read.ts'), file);
  const measured = JSON.parse(execFileSync(program, args, { encoding: 'utf8' })) as {
    tokens: number;
    counted: number;
    sha256: string;
  };
  if (
    measured.tokens !== expected.tokens ||
    measured.counted !== expected.tokens ||
    measured.sha256 !== expected.sha256
  ) {
    throw new Error(
      `torture: expected ${JSON.stringify(expected)}, found ${JSON.stringify(measured)}; the reader loses or changes words.`,
    );
  }
  process.stdout.write(`${JSON.stringify({ megabytes, ...measured }, null, 2)}\n`);
} finally {
  removeFolder(folder);
}
