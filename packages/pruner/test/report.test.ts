import { resizeLayout } from '@secateur/groups';
import { stackedLstmLayout } from '@secateur/testing';
import { describe, expect, test } from 'vitest';
import { formatReport, PrunerError, report } from '@secateur/pruner';

const before = stackedLstmLayout({ vocab: 10000, embed: 1500, hidden: [1500, 1500] });
const after = resizeLayout(before, { h1: 373, h2: 315 });

describe('report', () => {
  test("reproduces the counts of the paper's Table 1", () => {
    const { sizes, parameters, macs } = report(before, after);
    expect(sizes['h1']).toEqual({ before: 1500, after: 373, ratio: 1500 / 373 });
    expect(sizes['embed']).toEqual({ before: 1500, after: 1500, ratio: 1 });
    expect(parameters).toMatchObject({ before: 66022000, after: 21824148 });
    expect(macs.before).toBe(51000000);
    expect(macs.ratio).toBeCloseTo(7.4875, 4);
    const larger = report(before, resizeLayout(before, { h1: 381, h2: 535 }));
    expect(larger.parameters.after).toBe(25190548);
    expect(larger.macs.ratio).toBeCloseTo(5.0114, 4);
  });

  test('refuses layouts in the wrong order', () => {
    expect(() => report(after, before)).toThrow(PrunerError);
    expect(() => report(after, before)).toThrow(
      'report: expected dimension "h1" (373 before) in the layout after, and no larger, found 1500',
    );
  });
});

describe('formatReport', () => {
  test('aligns its columns and ends with the notes', () => {
    const text = formatReport(report(before, after, { notes: ['one thing'] }));
    const lines = text.split('\n');
    expect(lines).toEqual([
      '                   before       after    kept  ratio',
      'vocab              10,000      10,000  100.0%  1.00x',
      'embed               1,500       1,500  100.0%  1.00x',
      'h1                  1,500         373   24.9%  4.02x',
      'h2                  1,500         315   21.0%  4.76x',
      'parameters     66,022,000  21,824,148   33.1%  3.03x',
      'multiply-adds  51,000,000   6,811,396   13.4%  7.49x',
      'note: one thing',
    ]);
  });
});
