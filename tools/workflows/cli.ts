// npm run lint:workflows: checks what GitHub, Renovate and citation tools read, since nothing here can run it. It needs
// Python with pip; the linters are installed once, into the user's cache folder.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { python, ToolError, toolMain } from '@secateur/testing/system';
import { actionlint, executable } from './actionlint.ts';
import { pythonTools, TOOL } from './python-tools.ts';
import { root } from '../root.ts';

const say = (line: string): void => {
  console.log(line);
};

function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => `${folder}/${name}`);
}

/** Runs a linter in the repository and tells whether it found nothing. */
function passes(
  name: string,
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): boolean {
  say(`\n== ${name}`);
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  if (error !== undefined) {
    throw new ToolError(
      `${TOOL}: expected to start ${command}, found: ${error.message}; remove it to have it installed again.`,
    );
  }
  if (status === 0) say('passed');
  return status === 0;
}

await toolMain(() => {
  const tools = pythonTools(say);
  const workflows = filesIn('.github/workflows');
  const forms = filesIn('.github/ISSUE_TEMPLATE').filter((file) => !file.endsWith('/config.yml'));
  const schema = (name: string, ...files: readonly string[]): boolean =>
    passes(
      `${name}: ${files.join(', ')}`,
      python(),
      ['-m', 'check_jsonschema', '--quiet', '--builtin-schema', name, ...files],
      { PYTHONPATH: tools },
    );
  // What else is installed must not change what is found, so actionlint calls no other linter.
  const lint = actionlint(say);
  const results = [
    passes('actionlint', lint, ['-shellcheck=', '-pyflakes=', ...workflows]),
    passes('zizmor', join(tools, 'bin', executable('zizmor')), [
      ...['--offline', '--no-progress', '--quiet', '--persona=pedantic', '.github'],
    ]),
    schema('vendor.github-workflows', ...workflows),
    schema('custom.github-workflows-require-timeout', ...workflows),
    schema('vendor.github-issue-forms', ...forms),
    schema('vendor.github-issue-config', '.github/ISSUE_TEMPLATE/config.yml'),
    schema('vendor.renovate', 'renovate.json'),
    schema('vendor.citation-file-format', 'CITATION.cff'),
  ];
  if (!results.every(Boolean)) process.exitCode = 1;
});
