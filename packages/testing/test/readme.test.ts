import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkExample, extractExamples, runExample, testReadme } from '@secateur/testing';

testReadme(new URL('../README.md', import.meta.url));
testReadme(new URL('fixtures/right.md', import.meta.url));

describe('runExample', () => {
  const url = new URL('fixtures/wrong.md', import.meta.url);
  const [value, declaration, broken, below, alone] = extractExamples(readFileSync(url, 'utf8'));

  test('fails on a wrong value', async () => {
    await expect(runExample(value!, url)).rejects.toThrow(/expected 2 to strictly equal 3/);
  });
  test('refuses an arrow after a declaration', async () => {
    await expect(runExample(declaration!, url)).rejects.toThrow(
      'in line 9, found "const sum = 1 + 1"; give it a name',
    );
  });
  test('fails on a wrong value below its expression, and refuses one without', async () => {
    await expect(runExample(below!, url)).rejects.toThrow(/expected 2 to strictly equal 3/);
    await expect(runExample(alone!, url)).rejects.toThrow('in line 22, found ""; give it a name');
  });
  test('fails when the example throws', async () => {
    await expect(runExample(broken!, url)).rejects.toThrow('an example that breaks');
  });
});

describe('extractExamples', () => {
  test('takes only fences marked ts and keeps their lines', () => {
    const markdown = 'a\n```sh\nls\n```\n```ts\n1;\n2;\n```\n';
    expect(extractExamples(markdown)).toEqual([{ line: 6, code: '1;\n2;' }]);
  });
  test('refuses a fence that never ends', () => {
    expect(() => extractExamples('```ts\n1;\n')).toThrow('the fence of line 1 to be closed');
  });
});

describe('checkExample', () => {
  test('compares text, literals and typed arrays', () => {
    checkExample('h1: 3', 'h1: 3');
    checkExample([1, 2], '[1, 2]');
    checkExample({ a: Int32Array.of(1) }, '{ a: [1] }');
    checkExample(Float32Array.of(1, 2), '1,2');
  });
  test('fails on any other value', () => {
    expect(() => {
      checkExample('h1: 3', 'h1: 4');
    }).toThrow();
    expect(() => {
      checkExample([1, 2], '[1, 2, 3]');
    }).toThrow();
    expect(() => {
      checkExample(undefined, '1');
    }).toThrow();
  });
});
