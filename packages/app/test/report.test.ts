import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeReport, type Metric } from '@secateur/app';
import { sharedFolder } from '@secateur/testing/folders';
import { expect, test } from 'vitest';

const folder = sharedFolder();

test('a report shows table, curves and norms, says text as text, and leaves no half file', () => {
  const lines = [
    { kind: 'train', step: 20, epoch: 0, loss: 2, penalty: 1, alive: { h: 2 } },
    { kind: 'norms', step: 20, epoch: 0, norms: { h: [1, 0] } },
    { kind: 'train', step: 40, epoch: 0, loss: 1, penalty: 1, alive: { h: 1 } },
    { kind: 'norms', step: 40, epoch: 0, norms: { h: [0.5, 0] } },
    { kind: 'epoch', step: 40, epoch: 1, loss: 3 },
  ];
  writeFileSync(
    join(folder, 'metrics.jsonl'),
    lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
  );
  const loss = ({ loss }: Metric): number => loss!;
  const file = writeReport(folder, (epochs, steps) => {
    expect(epochs('loss', loss)).toEqual({ name: 'loss', points: [[2, 3]] });
    expect(steps('loss', loss).points).toEqual([
      [20, 2],
      [40, 1],
    ]);
    return {
      title: 'a title',
      heading: 'A < B & "C"',
      settings: { preset: 'tiny', lambda: 0.1, epochs: 1, seed: 1 },
      result: {
        ...{ backend: 'cpu', removed: { h: 1 }, speedup: 2, maxAbsDiff: 0 },
        versions: { node: 'v20' },
      },
      rows: [
        ['', 'before', 'after', 'ratio'],
        ['units', '2', '1', '2.00x'],
      ],
      charts: [],
      sample: { heading: 'Sample', text: '<script>alert(1)</script>' },
    };
  });
  const html = readFileSync(file, 'utf8');
  expect(html).toContain('<h1>A &lt; B &amp; &quot;C&quot;</h1>');
  expect(html).toContain('<tr><th></th><th>before</th><th>after</th><th>ratio</th></tr>');
  expect(html).toContain('<td>units</td><td>2</td><td>1</td><td>2.00x</td>');
  expect(html).not.toContain('<script');
  expect(html.match(/<svg/g)).toHaveLength(2);
  expect(html).toContain('Norms of the ISS components of h');
  expect(readdirSync(folder).sort()).toEqual(['metrics.jsonl', 'report.html']);
});
