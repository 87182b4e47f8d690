import { join } from 'node:path';
import { writeBetween } from '../../between.ts';
import { suites } from '../suites.ts';
import type { BenchFile } from './file.ts';
import { skippedLines, toMarkdown } from './table.ts';
import { root } from '../../root.ts';

/** The page whose tables are made from a result. */
export const PAGE = join(root, 'docs/results/performance.md');

/**
 * Puts the tables of some files between the page's pairs of markers, `<!-- gemm: begin -->` and `<!-- gemm: end -->` for
 * each suite, under a line of what they were measured on and how. Suites that the files lack keep the tables they have.
 */
export async function renderPage(files: readonly BenchFile[], page = PAGE): Promise<void> {
  const texts = files.flatMap((file) =>
    Object.entries(file.suites).map(([name, result]): [string, string] => {
      const tables = suites[name]!.tables(result).map(toMarkdown);
      return [name, [machineText(file), ...tables, ...skippedLines(result)].join('\n\n')];
    }),
  );
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
