/**
 * Reads the table of docs/backends.md whose header names kernels and backends: for each backend the kernels whose cell
 * says `fused`.
 */
export function documentedKernels(markdown: string): Record<string, string[]> {
  return tableOf(markdown, 'kernel', (state) => state === 'fused');
}

/** Reads the table of docs/backends.md of replaced kernels: for each backend those whose cell says what was wrong. */
export function documentedReplacements(markdown: string): Record<string, string[]> {
  return tableOf(markdown, 'replaced kernel', (state) => state !== '');
}

/** For each backend in the header of the table that starts with `title` the kernels whose cell is one that counts. */
function tableOf(
  markdown: string,
  title: string,
  counts: (state: string) => boolean,
): Record<string, string[]> {
  const cells = (line: string): string[] =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', ''));
  const lines = markdown.split('\n');
  const start = lines.findIndex((line) => cells(line)[0] === title);
  if (start < 0) {
    throw new Error(
      `documentedKernels: expected a table whose header starts with "${title}", found none; docs/backends.md has it.`,
    );
  }
  const backends = cells(lines[start]!).slice(1);
  const byBackend: Record<string, string[]> = Object.fromEntries(
    backends.map((name) => [name, []]),
  );
  for (const line of lines.slice(start + 2)) {
    if (!line.startsWith('|')) break;
    const [kernels, ...states] = cells(line);
    states.forEach((state, k) => {
      if (counts(state)) byBackend[backends[k]!]!.push(...kernels!.split(', '));
    });
  }
  return byBackend;
}
