import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { LIBRARY_VERSION } from './library.ts';
import { madeInOneGo, run } from '@secateur/testing/system';

const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'];

/**
 * Builds the addon of a tfjs-node package from its two source files and returns where it is. A compiler is called
 * directly: node-gyp would want Node's headers from its own host, and the addon uses nothing of Node but Node-API, whose
 * headers npm has. One build serves every version of Node, and both packages while their sources are the same.
 */
export function buildAddon(
  directory: string,
  library: string,
  cache: string,
  say: (line: string) => void,
): string {
  const binding = join(directory, 'binding');
  const flags = [
    '-std=c++17',
    '-O3',
    '-fPIC',
    '-shared',
    '-fvisibility=hidden',
    '-DNAPI_VERSION=8',
  ];
  const hash = createHash('sha256').update([LIBRARY_VERSION, ...flags].join(' '));
  for (const file of readdirSync(binding).sort()) hash.update(readFileSync(join(binding, file)));
  const target = join(cache, `tfjs_binding-${hash.digest('hex').slice(0, 16)}.node`);
  if (existsSync(target)) return target;
  say(`building the addon of ${directory}`);
  const headers = createRequire(import.meta.url)('node-api-headers') as { include_dir: string };
  madeInOneGo(target, (folder) => {
    const made = join(folder, 'tfjs_binding.node');
    run(
      'libtensorflow',
      process.env['CXX'] || 'g++',
      [
        ...flags,
        ...[headers.include_dir, join(library, 'include'), directory].map((path) => `-I${path}`),
        ...sources.map((file) => join(binding, file)),
        ...['-o', made, `-L${join(library, 'lib')}`],
        ...['-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'],
        '-Wl,-rpath,$ORIGIN/../../deps/lib',
      ],
      'install a C++ compiler (Debian: apt-get install g++), or name yours in CXX',
    );
    return made;
  });
  return target;
}
