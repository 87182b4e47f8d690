import { join } from 'node:path';
import ts from 'typescript';
import { entryPoints, packages } from '../consumer/pack.ts';

/** The functions, classes and constants that published packages export without an `@example`, each with its file. */
export function withoutExample(options: ts.CompilerOptions): string[] {
  const entries = packages.flatMap(({ directory, manifest }) =>
    entryPoints(manifest).map(([, conditions]) => join(directory, conditions['@secateur/source']!)),
  );
  const program = ts.createProgram({ rootNames: entries, options });
  const checker = program.getTypeChecker();
  const missing = new Set<string>();
  for (const entry of entries) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(entry)!);
    if (module === undefined) continue;
    for (const exported of checker.getExportsOfModule(module)) {
      const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0;
      const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported;
      if ((symbol.flags & ts.SymbolFlags.Value) === 0) continue;
      if (symbol.getJsDocTags(checker).some(({ name }) => name === 'example')) continue;
      missing.add(`${symbol.declarations![0]!.getSourceFile().fileName}: ${symbol.name}`);
    }
  }
  return [...missing];
}
