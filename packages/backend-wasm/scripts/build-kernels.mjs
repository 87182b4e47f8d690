// Compiles assembly/ with AssemblyScript into src/simd/binaries.js, once for plain and once for relaxed SIMD. The
// binaries travel inside a module, so that Node and every bundler find them without a path. Run by `npm run build`, by
// the tests and by `npm start`; it does nothing when the sources have not changed.
import asc from 'assemblyscript/asc';
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..');
const target = join(folder, 'src/simd/binaries.js');
const sources = readdirSync(join(folder, 'assembly'))
  .filter((name) => name.endsWith('.ts'))
  .sort();

const equations = await cellEquations();

const hash = createHash('sha256')
  .update(asc.version ?? '')
  .update(readFileSync(import.meta.filename))
  .update(equations);
for (const name of sources) hash.update(name).update(readFileSync(join(folder, 'assembly', name)));
const stamp = `// Made from assembly/ by scripts/build-kernels.mjs; ${hash.digest('hex')}\n`;

if (!existsSync(target) || !readFileSync(target, 'utf8').startsWith(stamp)) {
  const plain = await compile('simd,threads');
  const relaxed = await compile('simd,threads,relaxed-simd');
  // Written aside and renamed: two builds at a time must not read half of it.
  const aside = mkdtempSync(join(folder, 'src/simd/.binaries-'));
  const text = `${stamp}export const plain = '${plain}';\nexport const relaxed = '${relaxed}';\n`;
  writeFileSync(join(aside, 'binaries.js'), text);
  putInPlace(join(aside, 'binaries.js'));
  rmSync(aside, { recursive: true });
  console.log(`kernels: ${text.length} characters, from ${sources.length} sources`);
}

/** The equations of the cells that we ship, which are not written by hand. */
async function cellEquations() {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'cell-equations.ts')],
    ...{ bundle: true, write: false, format: 'esm', platform: 'node' },
    conditions: ['@secateur/source'],
  });
  const text = Buffer.from(outputFiles[0].contents).toString('base64');
  const made = await import(`data:text/javascript;base64,${text}`);
  return made.cellEquations();
}

/** Renames a file to the target; Windows refuses while another build or a test reads that, so it may take some tries. */
function putInPlace(file) {
  for (let tries = 1; ; tries++) {
    try {
      renameSync(file, target);
      return;
    } catch (error) {
      const held =
        process.platform === 'win32' && ['EPERM', 'EACCES', 'EBUSY'].includes(error.code);
      if (!held || tries === 50) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    }
  }
}

/** Compiles with some WebAssembly features; the binary in base64. */
async function compile(features) {
  let binary;
  const { error, stderr } = await asc.main(
    [
      'index.ts',
      ...['--outFile', 'kernels.wasm', '--optimizeLevel', '3', '--noAssert', '--runtime', 'stub'],
      // The memory of TensorFlow.js's module: at most 4 GiB, shared where there are threads (shared-memory.ts).
      ...['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
      ...['--enable', features],
    ],
    {
      readFile: (name, base) => {
        if (name === 'cell-equations.ts') return equations;
        const file = join(folder, 'assembly', base === '.' ? '' : base, name);
        return existsSync(file) ? readFileSync(file, 'utf8') : null;
      },
      writeFile: (_name, contents) => {
        binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error) {
    console.error(
      `build-kernels: AssemblyScript could not compile assembly/ (${features}):\n${stderr}`,
    );
    process.exit(1);
  }
  refuseData(binary, features);
  return Buffer.from(binary).toString('base64');
}

/**
 * Data of our own would be written over TensorFlow.js's, whose memory the module imports: a string, an array or a
 * function of the standard library with a table is enough to bring some.
 */
function refuseData(binary, features) {
  const dataSection = 11;
  let at = 8;
  while (at < binary.length) {
    const section = binary[at++];
    let length = 0;
    for (let shift = 0, byte = 0x80; byte & 0x80; shift += 7) {
      byte = binary[at++];
      length |= (byte & 0x7f) << shift;
    }
    if (section === dataSection) {
      console.error(
        `build-kernels: expected assembly/ to need no data, found ${length} bytes of it (${features}); use no strings, arrays or functions with tables.`,
      );
      process.exit(1);
    }
    at += length;
  }
}
