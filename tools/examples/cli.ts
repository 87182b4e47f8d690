// Checks the examples of the docs, the READMEs and the docstrings beyond what their tests do; part of `npm run typecheck`: each
// has the right types, and everything that a package exports has one.
import { join, relative } from 'node:path';
import ts from 'typescript';
import { withoutExample } from './missing.ts';
import { exampleFiles, typeErrors } from './types.ts';
import { root } from '../root.ts';

const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), (file) =>
  ts.sys.readFile(file),
) as { config: { compilerOptions: object } };
const { options } = ts.convertCompilerOptionsFromJson(
  {
    ...config.compilerOptions,
    ...{ composite: false, emitDeclarationOnly: false, noEmit: true },
    ...{ types: ['node'], lib: ['ES2023', 'DOM'] },
  },
  root,
);
const files = exampleFiles(root);
const problems = [
  ...typeErrors(files, options),
  ...withoutExample(options).map((each) => `${each} has no @example; give it one that runs`),
];
for (const problem of problems) console.error(relative(root, problem));
console.log(`${files.size} examples, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;
