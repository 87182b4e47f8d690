import { readFileSync } from 'node:fs';
import { KERNELS } from '@secateur/backend/kernels';
import { describe, expect, test } from 'vitest';
import { documentedKernels } from '../runner/documented.ts';
import { targets } from '../src/targets.ts';

const page = readFileSync(new URL('../../../docs/backends.md', import.meta.url), 'utf8');

describe('documentedKernels', () => {
  test('reads the fused ones of each backend', () => {
    const table = `text\n\n| kernel | a | b |\n| --- | --- | --- |\n| \`X\` | fused | composed |\n| \`Y\` | fused | fused |\n\n| \`Z\` | fused |`;
    expect(documentedKernels(table)).toEqual({ a: ['X', 'Y'], b: ['Y'] });
  });
  test('says what is missing', () => {
    expect(() => documentedKernels('# Backends')).toThrow(
      'documentedKernels: expected a table whose header starts with "kernel", found none',
    );
  });
});

describe('docs/backends.md', () => {
  test('has a row for every kernel', () => {
    for (const name of Object.values(KERNELS)) expect(page, name).toMatch(`| \`${name}\``);
  });
  test('has a row for every target, with its backend and engine', () => {
    for (const { name, backend, engine } of targets) {
      const row = new RegExp(
        `^\\| \`${name}\` +\\| \`${backend}\` +\\| \`${engine}\` +\\| \\S`,
        'm',
      );
      expect(page, name).toMatch(row);
    }
  });
});
