// Reads a file as the language-modeling example does and prints what came of it, its time and its memory as JSON.
import { createHash } from 'node:crypto';
import { readWords } from '../../../apps/language-modeling/src/data/corpus.ts';

const began = performance.now();
const { words, counts, ids } = await readWords(process.argv[2]!);
const seconds = (performance.now() - began) / 1000;
const hash = createHash('sha256');
// By the words, not by their numbers, which depend on the order in which they come.
for (let at = 0; at < ids.length; at += 4096) {
  hash.update(`${Array.from(ids.subarray(at, at + 4096), (id) => words[id]!).join(' ')} `);
}
const result = {
  tokens: ids.length,
  different: words.length,
  counted: counts.reduce((a, b) => a + b, 0),
  sha256: hash.digest('hex'),
  seconds,
  peakMegabytes: process.resourceUsage().maxRSS / 1000,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
