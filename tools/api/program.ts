import { existsSync, readFileSync } from 'node:fs';
import { posix, resolve } from 'node:path';
import ts from 'typescript';

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  allowImportingTsExtensions: true,
  strict: true,
  noEmit: true,
  noLib: true,
  types: [],
};

/**
 * A program over the declarations of some source files and of what they import by relative paths. The compiler writes
 * each file's declarations from that file alone, as every type of an export is written down (`isolatedDeclarations`).
 * What other packages export stays unresolved: only its name is part of a signature.
 */
export function declarationProgram(entries: readonly string[]): ts.Program {
  const host = ts.createCompilerHost(options);
  host.getSourceFile = (file, languageVersion) =>
    ts.createSourceFile(file, declarations(file), languageVersion, true);
  host.resolveModuleNameLiterals = (literals, importer) =>
    literals.map(({ text }) => {
      // The compiler's paths have slashes on every system.
      const file = posix.join(posix.dirname(importer), text);
      return text.startsWith('.') && text.endsWith('.ts') && existsSync(file)
        ? { resolvedModule: { resolvedFileName: file, extension: ts.Extension.Ts } }
        : { resolvedModule: undefined };
    });
  return ts.createProgram({ rootNames: entries.map((file) => resolve(file)), options, host });
}

function declarations(file: string): string {
  const source = readFileSync(file, 'utf8');
  if (file.endsWith('.d.ts')) return source;
  const { outputText, diagnostics = [] } = ts.transpileDeclaration(source, {
    fileName: file,
    reportDiagnostics: true,
    compilerOptions: { ...options, removeComments: true },
  });
  const [first] = diagnostics;
  if (first !== undefined) {
    const found = ts.flattenDiagnosticMessageText(first.messageText, ' ');
    throw new Error(
      `signatures: expected ${file} to write down the type of every export, found: ${found}`,
    );
  }
  return outputText;
}
