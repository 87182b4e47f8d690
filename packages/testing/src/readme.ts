import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'vitest';
import { extractExamples, instrument, type Example } from './examples.ts';

const check = 'checkExample_';

/**
 * Declares one test for each fence marked `ts` of the Markdown file at `url`: the code runs as a module of the
 * file's folder, and a line `expr // => value` is an assertion.
 */
export function testReadme(url: URL): void {
  const examples = extractExamples(readFileSync(url, 'utf8'));
  describe(basename(fileURLToPath(url)), () => {
    if (examples.length === 0) {
      test('has a runnable example', () => {
        throw new Error('testReadme: expected at least one fence marked "ts", found none.');
      });
    }
    for (const example of examples) {
      test(`the example of line ${example.line} runs`, () => runExample(example, url));
    }
  });
}

/** Writes an example of the Markdown file at `url` to `.doctest/` beside it and imports it; rejects if it fails. */
export async function runExample(example: Example, url: URL): Promise<void> {
  const stem = basename(fileURLToPath(url)).replace(/\W+/g, '-').toLowerCase();
  const file = new URL(`.doctest/${stem}-${example.line}.ts`, url);
  const helper = new URL('./check-example.ts', import.meta.url).href;
  const header = `import { checkExample as ${check} } from ${JSON.stringify(helper)};`;
  // Blank lines make the line numbers of errors those of the Markdown file.
  const padding = '\n'.repeat(Math.max(1, example.line - 1));
  mkdirSync(new URL('.', file), { recursive: true });
  writeFileSync(file, header + padding + instrument(example, check) + '\n');
  // A path with a drive is no address of a module, so that it has to be a URL.
  await import(/* @vite-ignore */ file.href);
}
