import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, madeInOneGo, python, run, ToolError } from '@secateur/testing/system';

/** The name of this tool in its messages. */
export const TOOL = 'lint:workflows';

const requirements = join(import.meta.dirname, 'requirements.txt');
const advice =
  'install Python 3.10 or newer with pip (Debian: apt-get install python3-pip), or name yours in PYTHON, and see that it reaches a package index';

/** Installs packages of Python, built ones only, into a folder of their own. */
export function pipInstall(folder: string, ...packages: readonly string[]): void {
  const flags = ['--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:'];
  run(TOOL, python(), ['-m', 'pip', 'install', ...flags, '--target', folder, ...packages], advice);
}

/**
 * Returns the folder of the Python packages in `requirements.txt`, installing them the first time: one folder for each
 * list, Python and system, since some packages are built for one of them.
 */
export function pythonTools(say: (line: string) => void): string {
  const script = 'import sys; print(sys.version_info >= (3, 10), sys.version)';
  const version = run(TOOL, python(), ['-c', script], advice).trim();
  if (!version.startsWith('True')) {
    throw new ToolError(
      `${TOOL}: expected Python 3.10 or newer, found ${version.replace(/^False /, '')}; ${advice}.`,
    );
  }
  const hash = createHash('sha256').update(version).update(readFileSync(requirements));
  const name = `${process.platform}-${process.arch}-${hash.digest('hex').slice(0, 16)}`;
  const target = join(cacheFolder(), `workflow-tools-${name}`);
  if (existsSync(target)) return target;
  say('installing zizmor and check-jsonschema with pip, some 20 MB');
  madeInOneGo(target, (folder) => {
    const packages = join(folder, 'packages');
    pipInstall(packages, '--requirement', requirements);
    return packages;
  });
  return target;
}
