import type { Random } from '@secateur/testing/damage';

/** A nested array, written as text: parsers that call themselves for each level fail on it. */
const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

/** Names that mean something to JavaScript, to a terminal or to a file system. */
export const names = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'length',
  '',
  '.',
  '..',
  '../secret',
  '/etc/passwd',
  'C:\\secret',
  'CON',
  'a/b',
  '\u0000',
  '\u001b[31mred\u001b[0m',
  '\u202e',
  '\ud800',
  '<script>',
  'x'.repeat(300),
  'x'.repeat(100_000),
];

const numbers = [
  ...['0', '-0', '1', '-1', '0.5', '2', '255', '65536', '2147483647', '2147483648'],
  ...['4294967296', '9007199254740991', '9007199254740993', '1e39', '1e308', '1e999', '-1e999'],
  ...['1e-320', '123456789012345678901234567890', '3.0000000000000001', '16777217'],
];

const others = [
  ...['null', 'true', 'false', '""', '[]', '{}', '[[]]', '[null]', '[1,2,3]', '{"a":1}'],
  ...['"float32"', '"1"', '" "', '{"__proto__":{"polluted":1}}', deep(100), deep(20_000)],
];

/** A JSON value as text, of a kind that readers forget. */
export function strangeJson(random: Random): string {
  return random.of<() => string>([
    () => random.of(numbers),
    () => random.of(others),
    () => JSON.stringify(random.of(names)),
  ])();
}

/** A number as text, not always one that JSON has. */
export const strangeNumber = (random: Random): string =>
  random.of([...numbers, 'NaN', 'Infinity', '-Infinity', '0x10', '1_000', '٣', '1,5', '']);
