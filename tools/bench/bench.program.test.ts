import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBenchFile, type BenchFile } from './report/file.ts';
import { PAGE, renderPage } from './report/render.ts';
import { simdHere } from './process/simd.ts';
import { suites } from './suites.ts';

const node = ['--conditions=@secateur/source', '--import', 'tsx'];
const cli = join(import.meta.dirname, 'cli.ts');
let folder: string;
let output: string;
let result: BenchFile;

beforeAll(() => {
  folder = temporaryFolder();
  const file = join(folder, 'bench.json');
  const options = ['--suite', 'gemm,compact', '--quick', '--rounds', '2', '--threads', '1'];
  const args = [...node, cli, ...options, '--simd', 'plain', '--json', file];
  output = execFileSync(process.execPath, args, { encoding: 'utf8', stdio: 'pipe' });
  result = readBenchFile(file);
});

afterAll(() => {
  removeFolder(folder);
});

describe('npm run bench', () => {
  it('writes the machine, the versions and the command without the paths of this machine', () => {
    const { machine, command, rounds, threads, date } = result;
    expect(machine).toMatchObject({ node: process.version, v8: process.versions.v8 });
    expect(machine.cores).toBeGreaterThan(0);
    expect(machine.packages['@tensorflow/tfjs-core']).toBe('4.22.0');
    expect(Object.values(machine.packages)).not.toContain('not installed');
    expect(command).toBe(
      'npm run bench -- --suite gemm,compact --quick --rounds 2 --threads 1 --simd plain',
    );
    expect({ rounds, threads }).toEqual({ rounds: 2, threads: 1 });
    expect(Number.isNaN(Date.parse(date))).toBe(false);
  });

  it('writes medians and every round of every contender', () => {
    const { measurements, skipped, facts } = result.suites['gemm']!;
    expect(skipped).toEqual([]);
    expect(new Set(measurements.map(({ contender }) => contender))).toEqual(
      new Set(['ours', 'stock wasm', 'stock cpu']),
    );
    for (const { ms, facts } of measurements) {
      // A call of more than a second, as on a busy machine, is not repeated.
      expect(ms.rounds).toHaveLength(ms.rounds.length === 1 && ms.min > 1000 ? 1 : 2);
      expect(ms.min).toBeGreaterThan(0);
      expect(ms.median).toBeGreaterThanOrEqual(ms.min);
      expect(ms.max).toBeGreaterThanOrEqual(ms.median);
      expect(facts['peakKib']).toBeGreaterThan(10_000);
    }
    expect(measurements.find(({ contender }) => contender === 'ours')).toMatchObject({
      simd: 'plain',
      threads: 1,
    });
    expect(facts['clockGhz']).toBeGreaterThan(0.1);
  });

  it('trains in every way that is compared', () => {
    const { measurements, skipped } = result.suites['compact']!;
    expect(skipped).toEqual([]);
    expect(new Set(measurements.map(({ contender }) => contender)).size).toBe(6);
  });

  it('prints a table and the goals of each suite', () => {
    expect(output).toContain('stock wasm, packed');
    expect(output).toContain('units at the end');
    expect(output.match(/^Goals$/gm)).toHaveLength(2);
  });

  it('puts the tables into the page, between its markers, and can do so again', async () => {
    const page = join(folder, 'performance.md');
    cpSync(PAGE, page);
    await renderPage([result], page);
    const once = readFileSync(page, 'utf8');
    expect(once).toContain('small, time step, [20, 200] x [200, 800]');
    expect(once).toContain(`Node ${process.version}`);
    await renderPage([result], page);
    expect(readFileSync(page, 'utf8')).toBe(once);
  });

  it('makes the tables of the page again from the kept files', async () => {
    const page = join(folder, 'again.md');
    cpSync(PAGE, page);
    const kept = Object.keys(suites).map((name) => join(dirname(PAGE), `performance/${name}.json`));
    // A suite may be there before its first measurement.
    const measured = kept.filter((file) => existsSync(file));
    expect(measured.length).toBeGreaterThan(0);
    await renderPage(measured.map(readBenchFile), page);
    expect(readFileSync(page, 'utf8'), 'npm run bench -- --render').toBe(
      readFileSync(PAGE, 'utf8'),
    );
  });

  it('says what it expected of an option', () => {
    const { status, stderr } = spawnSync(process.execPath, [...node, cli, '--suite', 'gem'], {
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toContain(
      'expected some of gemm, train, lasso, infer, gru, found, highway, answers, compact, cells, found "gem"',
    );
  });
});

describe('the build of the kernels', () => {
  it('can be kept plain where the engine has relaxed SIMD', () => {
    const script = `import { refuseRelaxed, simdHere } from ${JSON.stringify(new URL('process/simd.ts', import.meta.url).href)};
      const before = simdHere(); refuseRelaxed(); console.log(before, simdHere());`;
    const flags = simdHere() === 'plain' ? ['--experimental-wasm-relaxed-simd'] : [];
    const args = [...flags, '--import', 'tsx', '--input-type=module', '-e', script];
    expect(execFileSync(process.execPath, args, { encoding: 'utf8' }).trim()).toBe('relaxed plain');
  });
});
