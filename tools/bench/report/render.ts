import { join } from 'node:path';
import { writeBetween } from '../../between.ts';
import { suites } from '../suites.ts';
import type { BenchFile } from './file.ts';
import { skippedLines } from './skipped.ts';
import { toMarkdown } from './table.ts';

/** The page whose tables are made from a result. */
export const PAGE = join(import.meta.dirname, '../../../docs/results/performance.md');

/**
 * Puts the tables of a result between the page's pairs of markers, `<!-- gemm: begin -->` and `<!-- gemm: end -->` for
 * each suite, under a line of what they were measured on and how. Suites that the result lacks keep the tables they have.
 */
export async function renderPage(result: BenchFile, page = PAGE): Promise<void> {
  const texts = Object.entries(result.suites).map(([name, found]): [string, string] => {
    const tables = suites[name]!.tables(found).map(toMarkdown);
    return [name, [machineText(result), ...tables, ...skippedLines(found)].join('\n\n')];
  });
  await writeBetween(page, Object.fromEntries(texts));
}

function machineText({ machine, date, command, rounds }: BenchFile): string {
  const { processor, cores, memoryGib, system, node, v8, packages } = machine;
  const versions = Object.entries(packages).map(([name, version]) => `\`${name}\` ${version}`);
  return (
    `${processor}, ${cores} cores, ${memoryGib} GiB, ${system}; Node ${node}, V8 ${v8}; ${versions.join(', ')}. ` +
    `Medians of ${rounds} rounds, ${date.slice(0, 10)}, by \`${command}\`.`
  );
}
