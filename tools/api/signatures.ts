import type ts from 'typescript';
import { printDeclaration } from './print-declaration.ts';
import { declarationProgram } from './program.ts';
import { originOf, referencesOf, type ForeignName, type Origin } from './references.ts';

/** A source file whose exports users import, by the name that they import it by. */
export interface Entry {
  readonly name: string;
  readonly file: string;
}

/**
 * What the entry points of a package export, as text: the declarations of each, sorted by name, without comments. After
 * them the declarations that these name and no entry point exports, and which names come from other packages.
 *
 * @throws Error when an export has no written type or is of an unknown kind.
 */
export function signatures(entries: readonly Entry[]): string {
  const program = declarationProgram(entries.map(({ file }) => file));
  const checker = program.getTypeChecker();
  const exported = new Set<ts.Symbol>();
  const origins: Origin[] = [];

  const print = (symbol: ts.Symbol, name: string): string =>
    symbol
      .declarations!.map((declaration) => {
        origins.push(...referencesOf(declaration, checker));
        return printDeclaration(declaration, name);
      })
      .join('\n');

  const sections = entries.map(({ name, file }) => {
    const texts = exportsOf(program, file).map((symbol): [string, string] => {
      const origin = originOf(symbol, checker);
      if (origin.kind === 'own') {
        exported.add(origin.symbol);
        const text = print(origin.symbol, symbol.name);
        return [symbol.name, origin.onlyType ? `// As a type, not as a value.\n${text}` : text];
      }
      origins.push(origin);
      return [symbol.name, `export { ${symbol.name} };`];
    });
    return section(name, sorted(texts));
  });

  const hidden = new Map<ts.Symbol, string>();
  const foreign: ForeignName[] = [];
  for (const origin of origins) {
    // Printing one finds more: the loop goes on over what is added to the list.
    if (origin.kind === 'foreign') foreign.push(origin.foreign);
    if (origin.kind !== 'own' || exported.has(origin.symbol) || hidden.has(origin.symbol)) continue;
    hidden.set(origin.symbol, '');
    hidden.set(origin.symbol, print(origin.symbol, origin.symbol.name));
  }
  const hiddenTexts = [...hidden].map(([{ name }, text]): [string, string] => [name, text]);
  return [
    ...sections,
    section('named above, exported by no entry point', sorted(hiddenTexts)),
    section('from other packages', imports(foreign)),
  ]
    .filter((text) => text !== '')
    .join('\n');
}

function exportsOf(program: ts.Program, file: string): ts.Symbol[] {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) {
    throw new Error(`signatures: expected a module with exports, found none in ${file}.`);
  }
  return checker.getExportsOfModule(module);
}

function section(title: string, texts: readonly string[]): string {
  return texts.length === 0 ? '' : `## ${title}\n\n${texts.join('\n\n')}\n`;
}

/** By code units, so that no locale changes the order. */
function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function sorted(texts: readonly [name: string, text: string][]): string[] {
  return texts
    .toSorted(([a, textA], [b, textB]) => byCodeUnits(a, b) || byCodeUnits(textA, textB))
    .map(([, text]) => text);
}

/** One import a package; names of one package in one order. */
function imports(names: readonly ForeignName[]): string[] {
  const modules = [...new Set(names.map(({ module }) => module))].toSorted(byCodeUnits);
  return modules.flatMap((module) => {
    const specifiers = names.filter((name) => name.module === module).map((name) => name.specifier);
    const unique = [...new Set(specifiers)].toSorted(byCodeUnits);
    const named = unique.filter((specifier) => !specifier.startsWith('*'));
    return [
      ...unique.filter((specifier) => specifier.startsWith('*')),
      ...(named.length === 0 ? [] : [`{ ${named.join(', ')} }`]),
    ].map((what) => `import ${what} from '${module}';`);
  });
}
