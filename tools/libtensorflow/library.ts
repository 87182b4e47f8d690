import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { madeInOneGo, python, run, ToolError } from '@secateur/testing/system';

/** The newest release whose package is small and whose C interface tfjs-node 4.22.0 builds with; 2.12 to 2.21 all do. */
export const LIBRARY_VERSION = '2.15.1';

const advice =
  'install Python 3 with pip (Debian: apt-get install python3-pip) and see that it reaches a package index';

/** Takes the libraries and the C headers out of a wheel; everything else in it is Python's. */
const unpack = `
import sys, zipfile
wheel, to = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        if name.endswith(('libtensorflow_cc.so.2', 'libtensorflow_framework.so.2')) or (
            name.startswith('tensorflow/include/') and name.endswith('.h')
            and name.split('/')[2] in ('tensorflow', 'tsl', 'xla')):
            archive.extract(name, to)
`;

/**
 * Returns the folder that holds TensorFlow's C library (`lib`) and headers (`include`), fetching the Python package
 * `tensorflow-cpu` with pip the first time. pip checks the package against the hash of its index.
 */
export function fetchLibrary(cache: string, say: (line: string) => void): string {
  const target = join(cache, `libtensorflow-${LIBRARY_VERSION}-linux-x64`);
  if (existsSync(target)) return target;
  say(`fetching tensorflow-cpu ${LIBRARY_VERSION} with pip, some 210 MB`);
  madeInOneGo(target, (folder) => {
    // The Python that runs pip need not be the one that the package is for.
    run(
      'libtensorflow',
      python(),
      [
        ...['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps'],
        ...['--only-binary=:all:', '--implementation=cp', '--python-version=3.11', '--abi=cp311'],
        ...['--platform=manylinux2014_x86_64', '--platform=manylinux_2_17_x86_64'],
        ...['--dest', folder, `tensorflow-cpu==${LIBRARY_VERSION}`],
      ],
      advice,
    );
    const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'));
    if (wheel === undefined) {
      throw new ToolError(`libtensorflow: expected pip to leave a wheel, found none; ${advice}.`);
    }
    say('unpacking the library and its headers');
    run('libtensorflow', python(), ['-c', unpack, join(folder, wheel), folder], advice);
    return arrange(folder);
  });
  return target;
}

/** Lays out what was unpacked as tfjs-node expects it: the names of the C library, which the C++ one contains. */
function arrange(folder: string): string {
  const made = join(folder, 'tensorflow');
  const lib = join(made, 'lib');
  mkdirSync(lib);
  for (const [name, target] of [
    ['libtensorflow_cc.so.2', '../libtensorflow_cc.so.2'],
    ['libtensorflow_framework.so.2', '../libtensorflow_framework.so.2'],
    ['libtensorflow.so.2', '../libtensorflow_cc.so.2'],
    ['libtensorflow.so', 'libtensorflow.so.2'],
    ['libtensorflow_framework.so', 'libtensorflow_framework.so.2'],
  ] as const) {
    symlinkSync(target, join(lib, name));
    if (!existsSync(join(lib, name))) {
      throw new ToolError(
        `libtensorflow: expected ${target} in the Python package, found none; remove the pip cache and try again.`,
      );
    }
  }
  return made;
}
