import { readFileSync } from 'node:fs';
import { contracts, KERNELS } from '@secateur/backend/kernels';
import { describe, expect, test } from 'vitest';
import { contractRows, tableRows } from '../runner/contract-table.ts';

const page = readFileSync(new URL('../../../docs/kernels.md', import.meta.url), 'utf8');

describe('docs/kernels.md', () => {
  test('has the contract of every fused kernel', () => {
    expect(tableRows(page, 'kernel')).toEqual(contractRows(contracts));
    expect(Object.keys(contracts)).toEqual(Object.values(KERNELS));
  });
  test('says when it has no such table', () => {
    expect(() => tableRows('# Kernels', 'kernel')).toThrow(
      'tableRows: expected a table whose header starts with "kernel", found none',
    );
  });
});
