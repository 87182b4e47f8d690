import type { AttributeKind, KernelContract, NamedShape } from '@secateur/backend/kernels';

/** The rows of the table of fused kernels in docs/kernels.md, cell by cell: name, inputs, attributes, outputs. */
export function contractRows(contracts: Readonly<Record<string, KernelContract>>): string[][] {
  return Object.entries(contracts).map(([name, contract]) => {
    const { inputs, byCell = {}, optional = [], indices = {}, attributes = {} } = contract;
    const { outputs, saved = [] } = contract;
    const named = Object.entries(inputs).map(([input, shape]) => {
      const index = indices[input] === undefined ? '' : ` int32 of ${indices[input]}`;
      return `${sized(input, shape)}${optional.includes(input) ? '?' : ''}${index}`;
    });
    const ofCell = Object.entries(byCell).map(([kind, shape]) =>
      shape === 'weightShapes' ? `its ${kind} (\`${shape}\`)` : `its ${sized(kind, shape)}`,
    );
    const results = Object.entries(outputs).map(
      ([output, shape]) => `${sized(output, shape)}${saved.includes(output) ? ' saved' : ''}`,
    );
    return [
      `\`${name}\``,
      [...named, ...ofCell].join(', '),
      Object.entries(attributes).map(described).join(', '),
      results.join(', '),
    ];
  });
}

const described = ([name, kind]: [string, AttributeKind]): string => {
  if (kind === 'other') return `\`${name}\``;
  return `\`${name}\` ${typeof kind === 'string' ? kind : kind.join(' or ')}`;
};

const sized = (name: string, shape: NamedShape): string => `\`${name} [${shape.join(', ')}]\``;

/** The rows of the table in a page whose header starts with a title. */
export function tableRows(markdown: string, title: string): string[][] {
  const lines = markdown.split('\n');
  const cells = (line: string): string[] =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const start = lines.findIndex((line) => cells(line)[0] === title);
  if (start < 0) {
    throw new Error(
      `tableRows: expected a table whose header starts with "${title}", found none; docs/kernels.md has it.`,
    );
  }
  const end = lines.findIndex((line, at) => at > start && !line.startsWith('|'));
  return lines.slice(start + 2, end).map(cells);
}
