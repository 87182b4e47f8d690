import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What `intercept.c` does to the calls of a program. */
export interface Interception {
  /** The n-th such call on a file of the folder fails with an error number of Linux. */
  readonly fail?: { readonly call: string; readonly at: number; readonly errno: number };
  /** Every write takes half of its bytes. */
  readonly short?: boolean;
  /** File that gets a line for each file that is opened outside of the folder, after `<folder>/.begin` was. */
  readonly log?: string;
}

let library: string | undefined;

/** Builds the library; false where there is no Linux or no C compiler, with a line that says so. */
export function buildInterception(folder: string, say: (line: string) => void): boolean {
  if (process.platform !== 'linux') {
    say(`calls are intercepted on Linux alone, found ${process.platform}: left out`);
    return false;
  }
  const file = join(folder, 'intercept.so');
  try {
    const flags = [
      '-shared',
      '-fPIC',
      '-O1',
      '-o',
      file,
      join(import.meta.dirname, 'intercept.c'),
      '-ldl',
    ];
    execFileSync('cc', flags, { stdio: 'ignore' });
  } catch {
    say('expected a C compiler named cc, to make calls of the system fail, found none: left out');
    return false;
  }
  library = file;
  return true;
}

/** The environment in which a program's calls on a folder are intercepted; empty before {@link buildInterception}. */
export function intercepted(folder: string, { fail, short, log }: Interception): NodeJS.ProcessEnv {
  if (library === undefined || !existsSync(library)) return {};
  return {
    LD_PRELOAD: library,
    TORTURE_FOLDER: folder,
    ...(fail === undefined ? {} : { TORTURE_FAIL: `${fail.call} ${fail.at} ${fail.errno}` }),
    ...(short === true ? { TORTURE_SHORT: '1' } : {}),
    ...(log === undefined ? {} : { TORTURE_LOG: log }),
  };
}
