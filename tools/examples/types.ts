import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { examplesOf } from '@secateur/testing';
import ts from 'typescript';
import { markdownFiles } from './markdown.ts';

/** An example as a file of its own. */
export interface ExampleFile {
  readonly code: string;
  /** The file that it stands in. */
  readonly from: string;
}

/** The examples by the files that they would be; blank lines keep the numbers of lines. */
export function exampleFiles(root: string): Map<string, ExampleFile> {
  const files = new Map<string, ExampleFile>();
  for (const page of markdownFiles(root)) {
    for (const [name, examples] of examplesOf(pathToFileURL(page))) {
      // The compiler's paths have slashes on every system.
      const from = join(dirname(page), name).replaceAll('\\', '/');
      for (const { line, code } of examples) {
        // Beside the file, where its imports are found; as a module even without imports.
        const file = `${from}.example-${line}.ts`;
        files.set(file, { code: `${'\n'.repeat(line - 1)}${code}\nexport {};\n`, from });
      }
    }
  }
  return files;
}

/** What a user's compiler says of the examples, each as `file:line: text`. Their tests run them, but drop their types. */
export function typeErrors(
  files: ReadonlyMap<string, ExampleFile>,
  options: ts.CompilerOptions,
): string[] {
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.readFile = (file) => files.get(file)?.code ?? readFile(file);
  host.getSourceFile = (file, version, ...rest) => {
    const example = files.get(file);
    return example === undefined
      ? getSourceFile(file, version, ...rest)
      : ts.createSourceFile(file, example.code, version);
  };
  const program = ts.createProgram({ rootNames: [...files.keys()], options, host });
  return [...files].flatMap(([file, { from }]) => {
    const source = program.getSourceFile(file)!;
    const found = [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ];
    return found.map(({ start = 0, messageText }) => {
      const { line } = source.getLineAndCharacterOfPosition(start);
      return `${from}:${line + 1}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
  });
}
