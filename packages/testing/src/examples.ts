/** One runnable example of a Markdown file. */
export interface Example {
  /** Line of the Markdown file that the code starts at, from 1. */
  readonly line: number;
  /** The code, with its `expr // => value` lines as written. */
  readonly code: string;
}

/** Finds the fenced code blocks marked `ts` in Markdown. */
export function extractExamples(markdown: string): Example[] {
  const examples: Example[] = [];
  let open: { line: number; lines: string[] } | undefined;
  markdown.split(/\r?\n/).forEach((text, index) => {
    if (open === undefined) {
      if (/^```ts\s*$/.test(text)) open = { line: index + 2, lines: [] };
    } else if (text.startsWith('```')) {
      examples.push({ line: open.line, code: open.lines.join('\n') });
      open = undefined;
    } else {
      open.lines.push(text);
    }
  });
  if (open !== undefined) {
    throw new Error(`extractExamples: expected the fence of line ${open.line - 1} to be closed.`);
  }
  return examples;
}

const expectation = /^(\s*)(.*?)\s*\/\/ => ?(.*)$/;
const statement =
  /^(const|let|var|import|export|return|if|for|while|throw|function|class|\/\/|[})\].?])(?!\w)/;

/**
 * Turns each line `expr // => value` into a call of `check(expr, 'value')`, leaving line numbers as they are. A line `// => value`
 * without an expression is about the line before it.
 */
export function instrument(example: Example, check: string): string {
  const lines = example.code.split('\n');
  lines.forEach((text, index) => {
    const match = expectation.exec(text);
    if (match === null) return;
    const [, indent = '', before = '', value = ''] = match;
    const place = before === '' ? index - 1 : index;
    const written = before === '' ? (lines[place] ?? '').trim() : before;
    const expression = written.replace(/;$/, '');
    if (expression === '' || statement.test(expression)) {
      throw new Error(
        `instrument: expected an expression on one line before "// =>" in line ${example.line + index}, found "${expression}"; give it a name and put the name on its own line.`,
      );
    }
    lines[place] = `${indent};${check}(${expression}, ${JSON.stringify(value.trim())});`;
    if (place !== index) lines[index] = '';
  });
  return lines.join('\n');
}
