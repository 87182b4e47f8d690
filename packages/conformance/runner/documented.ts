/**
 * Reads the table of docs/backends.md whose header names kernels and backends: for each backend the kernels whose cell
 * says `fused`.
 */
export function documentedKernels(markdown: string): Record<string, string[]> {
  const cells = (line: string): string[] =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', ''));
  const lines = markdown.split('\n');
  const start = lines.findIndex((line) => cells(line)[0] === 'kernel');
  if (start < 0) {
    throw new Error(
      'documentedKernels: expected a table whose header starts with "kernel", found none; docs/backends.md has it.',
    );
  }
  const backends = cells(lines[start]!).slice(1);
  const fused: Record<string, string[]> = Object.fromEntries(backends.map((name) => [name, []]));
  for (const line of lines.slice(start + 2)) {
    if (!line.startsWith('|')) break;
    const [kernel, ...states] = cells(line);
    states.forEach((state, k) => {
      if (state === 'fused') fused[backends[k]!]!.push(kernel!);
    });
  }
  return fused;
}
