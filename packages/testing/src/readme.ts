import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'vitest';
import { extractExamples, instrument, type Example } from './examples.ts';

const check = 'checkExample_';

/**
 * The examples of the Markdown file at `url`, and of the docstrings in the `src` beside it, by the file that they stand in,
 * relative to the folder of `url`.
 */
export function examplesOf(url: URL): ReadonlyMap<string, readonly Example[]> {
  const found = new Map([
    [basename(fileURLToPath(url)), extractExamples(readFileSync(url, 'utf8'))],
  ]);
  const sources = fileURLToPath(new URL('src', url));
  if (!existsSync(sources)) return found;
  for (const path of readdirSync(sources, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.ts')) continue;
    const text = docstrings(readFileSync(join(sources, path), 'utf8'));
    found.set(`src/${path.replaceAll('\\', '/')}`, extractExamples(text));
  }
  return found;
}

/**
 * Declares one test for each fence marked `ts` of the Markdown file at `url`, and of the docstrings in the `src` beside
 * it: the code runs as a module of the file's folder, and a line `expr // => value` is an assertion.
 */
export function testReadme(url: URL): void {
  const [[readme, examples] = ['', []], ...sources] = examplesOf(url);
  describe(readme, () => {
    if (examples.length === 0) {
      test('has a runnable example', () => {
        throw new Error('testReadme: expected at least one fence marked "ts", found none.');
      });
    }
    for (const example of examples) {
      test(`the example of line ${example.line} runs`, () => runExample(example, url));
    }
  });
  for (const [name, found] of sources) {
    test.each(found)(`the example in line $line of ${name} runs`, (example) =>
      runExample(example, url, name),
    );
  }
}

/** The text of the comments that document what follows, each line where it was. */
const docstrings = (source: string): string =>
  source
    .split(/\r?\n/)
    .map((line) => /^\s*\* ?(.*)$/.exec(line)?.[1] ?? '')
    .join('\n');

/**
 * Writes an example of the Markdown file at `url` to `.doctest/` beside it and imports it; rejects if it fails. `name`
 * is the file that it stands in, when that is another.
 */
export async function runExample(
  example: Example,
  url: URL,
  name: string = basename(fileURLToPath(url)),
): Promise<void> {
  const stem = name.replace(/\W+/g, '-').toLowerCase();
  const file = new URL(`.doctest/${stem}-${example.line}.ts`, url);
  const helper = new URL('./check-example.ts', import.meta.url).href;
  const header = `import { checkExample as ${check} } from ${JSON.stringify(helper)};`;
  // Blank lines make the line numbers of errors those of the file.
  const padding = '\n'.repeat(Math.max(1, example.line - 1));
  mkdirSync(new URL('.', file), { recursive: true });
  writeFileSync(file, header + padding + instrument(example, check) + '\n');
  // A path with a drive is no address of a module, so that it has to be a URL.
  await import(/* @vite-ignore */ file.href);
}
