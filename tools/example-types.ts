// Checks the types of every example in the docs, the READMEs and the docstrings, as a user's compiler would; part of
// `npm run typecheck`. That they run is tested, but what runs them drops their types.
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { examplesOf } from '@secateur/testing';
import ts from 'typescript';

const root = join(import.meta.dirname, '..');

/** Markdown files whose examples are run by tests: of the root, of the docs, and the README of each package. */
function pages(): string[] {
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !name.includes('.doctest'))
    .map((name) => join('docs', name));
  const readmes = readdirSync(join(root, 'packages')).map((name) => `packages/${name}/README.md`);
  return ['README.md', ...docs, ...readmes]
    .map((page) => join(root, page))
    .filter((page) => existsSync(page));
}

/** The files that the examples would be, with what they hold and where each stands: blank lines keep the numbers of lines. */
function exampleFiles(): Map<string, { readonly code: string; readonly from: string }> {
  const files = new Map<string, { code: string; from: string }>();
  for (const page of pages()) {
    for (const [name, examples] of examplesOf(pathToFileURL(page))) {
      const from = join(dirname(page), name);
      for (const { line, code } of examples) {
        // Beside the file, where its imports are found; as a module even without imports.
        const file = `${from}.example-${line}.ts`;
        files.set(file, { code: `${'\n'.repeat(line - 1)}${code}\nexport {};\n`, from });
      }
    }
  }
  return files;
}

const files = exampleFiles();
const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), (file) =>
  ts.sys.readFile(file),
) as {
  config: { compilerOptions: object };
};
const { options } = ts.convertCompilerOptionsFromJson(
  {
    ...config.compilerOptions,
    ...{ composite: false, emitDeclarationOnly: false, noEmit: true },
    ...{ types: ['node'], lib: ['ES2023', 'DOM'] },
  },
  root,
);
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

let wrong = 0;
for (const [file, { from }] of files) {
  const source = program.getSourceFile(file)!;
  const found = [
    ...program.getSyntacticDiagnostics(source),
    ...program.getSemanticDiagnostics(source),
  ];
  for (const { start = 0, messageText } of found) {
    const { line } = source.getLineAndCharacterOfPosition(start);
    const text = ts.flattenDiagnosticMessageText(messageText, ' ');
    console.error(`${relative(root, from)}:${line + 1}: ${text}`);
    wrong++;
  }
}
console.log(`${files.size} examples, ${wrong} errors of types`);
process.exitCode = wrong > 0 ? 1 : 0;
