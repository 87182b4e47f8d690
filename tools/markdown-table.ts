/** A table in Markdown, which prettier aligns. The columns after the first are to the right where they are `numbers`. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  numbers = true,
): string {
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  const rule = head.map((_, i) => (numbers && i > 0 ? '---:' : '---'));
  return [head, rule, ...rows].map(line).join('\n');
}
