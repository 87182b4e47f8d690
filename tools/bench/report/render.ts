import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '@secateur/training';
import { format, resolveConfig } from 'prettier';
import { suites } from '../suites.ts';
import type { BenchFile } from './file.ts';
import { skippedLines } from './skipped.ts';
import { toMarkdown } from './table.ts';

/** The page whose tables are made from a result. */
export const PAGE = join(import.meta.dirname, '../../../docs/results/performance.md');

const marker = (name: string, end: string): string => `<!-- ${name}: ${end} -->`;

/**
 * Puts the tables of a result between the page's pairs of markers, `<!-- gemm: begin -->` and `<!-- gemm: end -->` for
 * each suite, under a line of what they were measured on and how. Suites that the result lacks keep the tables they have.
 */
export async function renderPage(result: BenchFile, page = PAGE): Promise<void> {
  let text = readFileSync(page, 'utf8');
  for (const [name, found] of Object.entries(result.suites)) {
    const tables = suites[name]!.tables(found).map(toMarkdown);
    const parts = [machineText(result), ...tables, ...skippedLines(found)];
    text = between(text, name, parts.join('\n\n'), page);
  }
  const options = { ...(await resolveConfig(PAGE)), filepath: page };
  writeFileAtomic(page, await format(text, options));
}

function machineText({ machine, date, command, rounds }: BenchFile): string {
  const { processor, cores, memoryGib, system, node, v8, packages } = machine;
  const versions = Object.entries(packages).map(([name, version]) => `\`${name}\` ${version}`);
  return (
    `${processor}, ${cores} cores, ${memoryGib} GiB, ${system}; Node ${node}, V8 ${v8}; ${versions.join(', ')}. ` +
    `Medians of ${rounds} rounds, ${date.slice(0, 10)}, by \`${command}\`.`
  );
}

function between(text: string, name: string, content: string, page: string): string {
  const [begin, end] = [marker(name, 'begin'), marker(name, 'end')];
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) {
    throw new Error(`${page}: expected the markers "${begin}" and "${end}"; put them back.`);
  }
  return `${before}${begin}\n\n${content}\n\n${end}${after}`;
}
