import type { Random } from '@secateur/testing/damage';
import { names, strangeNumber } from './values.ts';

type Change = (text: string, random: Random) => string;

/** Puts something in the place of one of the matches of a pattern. */
function replaceOne(text: string, pattern: RegExp, value: string, random: Random): string {
  const matches = [...text.matchAll(pattern)];
  if (matches.length === 0) return text;
  const { index, 0: match } = random.of(matches);
  return text.slice(0, index) + value + text.slice(index + match.length);
}

const words = /[^\s,:;()[\]{}<>=*+-]+/g;

const changes: readonly Change[] = [
  (text, random) => replaceOne(text, /\d+(\.\d+)?/g, strangeNumber(random), random),
  (text, random) => replaceOne(text, words, random.of(names), random),
  (text, random) => replaceOne(text, words, random.of(text.match(words) ?? ['']), random),
  (text, random) =>
    replaceOne(
      text,
      /\s/g,
      random.of(['', '\n', '\r', '\t', '\u2028', '\u00a0', '\ufeff']),
      random,
    ),
  (text, random) =>
    replaceOne(
      text,
      /[^\w\s]+/g,
      random.of(['->', '<-', '<->', '*', '+', '=', '[', ')', '#', '']),
      random,
    ),
  (text, random) => {
    const lines = text.split('\n');
    const [from, to] = [random.below(lines.length), random.below(lines.length)];
    [lines[from], lines[to]] = [lines[to]!, lines[from]!];
    return lines.join('\n');
  },
  (text, random) => {
    const lines = text.split('\n');
    lines.splice(random.below(lines.length), random.below(2), random.of(lines));
    return lines.join('\n');
  },
];

/** Changes words, numbers or lines of a text, as an editor or a converter does. */
export const changeText: Change = (text, random) => random.of(changes)(text, random);
